using System.CommandLine;
using Multiproc.Host.Ps;

namespace Multiproc.Host.Commands;

/// <summary>Lists the programs that have children: <c>multiproc-host ps</c>.</summary>
internal static class PsCommandLine
{
    private const int NotHere = 2;

    public static Command Make()
    {
        var everybody = new Option<bool>("--all") { Description = "Programs of all users, as far as this user may see them." };
        var json = new Option<bool>("--json") { Description = "JSON in place of a table: numbers in bytes and seconds." };
        var objects = new Option<bool>("--objects")
        {
            Description = "Also the shared objects that live in the programs of this user and in their children: who holds them, who waits, and deadlocks.",
        };
        var command = new Command("ps", "Lists the running programs of this user that have processes of Multiproc, and those processes.")
        {
            everybody, objects, json,
        };
        command.SetAction(parsed => CommandErrors.Guarded(() => List(parsed.GetValue(everybody), parsed.GetValue(objects), parsed.GetValue(json))));
        return command;
    }

    private static int List(bool everybody, bool objects, bool json)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("multiproc-host: ps reads /proc, which only Linux has.");
            return NotHere;
        }

        var table = ProcessTable.Read();
        var programs = table.Programs(everybody ? null : ProcessTable.OwnUser());
        var views = objects ? SharedObjects.LookAsync(programs.Select(static each => each.Program.Pid)).GetAwaiter().GetResult() : null;
        Console.Write(json ? PsReport.Json(programs, table.Now, views) : PsReport.Text(programs, table.Now, views));
        return 0;
    }
}
