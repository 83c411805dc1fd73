using System.CommandLine;
using System.Text.Json;
using Multiproc.Diagnostics.Dumps;

namespace Multiproc.Cluster.Host.Commands;

/// <summary>Writes a dump of a process: <c>multiproc-host dump 4711 --output /var/dumps</c>.</summary>
internal static class DumpCommandLine
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Make()
    {
        var pid = new Argument<int>("PID") { Description = "The number of the process: multiproc-host ps lists them." };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The file, or a folder in which the file gets the name of the process, its number and the time. Default: the working folder.",
        };
        var type = new Option<string>("--type")
        {
            Description = "heap: with the managed heap; full: all memory; mini: stacks alone.", DefaultValueFactory = static _ => "heap",
        };
        type.AcceptOnlyFromAmong(["heap", "full", "mini"]);
        var json = new Option<bool>("--json") { Description = "JSON in place of text." };
        var command = new Command(
            "dump",
            "Writes a dump of a .NET process of this user, for dotnet-dump analyze or a debugger. The process stands still meanwhile, and goes on. A dump has "
                + "all that the process knows, its keys included: the file can be read by this user alone. Exit codes: 3 no such process, 4 not .NET or closed "
                + "to diagnostics, 5 another user's, 1 anything else.")
        {
            pid, output, type, json,
        };
        command.SetAction((parsed, cancellation) => TargetCommand.RunAsync(parsed.GetValue(pid), target =>
        {
            var content = Enum.Parse<DumpContent>(parsed.GetValue(type)!, ignoreCase: true);
            var dump = DumpWriter.Write(target, parsed.GetValue(output), content, TimeProvider.System.GetLocalNow());
            Console.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(dump, s_json)
                : $"{dump.Path}: {dump.Name}, process {dump.Pid}, {dump.Bytes / 1048576.0:0.0} MB. To look into it: dotnet-dump analyze {dump.Path}");
            return Task.CompletedTask;
        }));
        return command;
    }
}
