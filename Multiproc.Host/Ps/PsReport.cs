using System.Globalization;
using System.Text;
using System.Text.Json;
using Multiproc.Processes.Views;

namespace Multiproc.Host.Ps;

/// <summary>Writes a table of programs for people, or for other programs.</summary>
internal static class PsReport
{
    private const int NameColumns = 32;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <param name="programs">The programs.</param>
    /// <param name="now">The moment, since the system was started.</param>
    /// <param name="views">What the programs tell about their objects, by process id; null if that is not asked for.</param>
    public static string Text(IReadOnlyList<RunningProgram> programs, TimeSpan now, IReadOnlyDictionary<int, ProgramView>? views = null)
    {
        if (programs.Count == 0)
        {
            return "No program of this user has processes of Multiproc.\n";
        }

        var text = new StringBuilder($"{"PROGRAM",-NameColumns} {"PID",8} {"CPU",10} {"MEMORY",10} {"THREADS",8} {"RUNNING",12}\n");
        foreach (var (program, children) in programs)
        {
            Line(text, program.Name, program, now);
            foreach (var (child, depth) in children)
            {
                Line(text, $"{new string(' ', 2 * depth)}{child.Label}", child, now);
            }

            if (ProcessTable.IsChangedByHotReload(program.Pid))
            {
                text.Append("  changed by Hot Reload: its children run the code as it was built\n");
            }

            foreach (string line in views is null ? [] : Objects(program, views))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {line}\n");
            }
        }

        return text.ToString();
    }

    /// <inheritdoc cref="Text"/>
    public static string Json(IReadOnlyList<RunningProgram> programs, TimeSpan now, IReadOnlyDictionary<int, ProgramView>? views = null) =>
        JsonSerializer.Serialize(programs.Select(each => Of(each, now, views?.GetValueOrDefault(each.Program.Pid))), s_json) + "\n";

    private static object Of(RunningProgram program, TimeSpan now, ProgramView? view) => new
    {
        program.Program.Name,
        IsChangedByHotReload = ProcessTable.IsChangedByHotReload(program.Program.Pid),
        Process = Of(program.Program, now),
        Children = program.Children.Select(child => Of(child.Process, now)),
        view?.Objects,
        view?.ObjectsLeftOut,
        view?.Deadlocks,
        view?.Cluster,
    };

    private static IEnumerable<string> Objects(ProcessEntry program, IReadOnlyDictionary<int, ProgramView> views) =>
        !views.TryGetValue(program.Pid, out var view) ? ["its objects are not known: it is stopped, very busy, closed to diagnostics, or another user's"]
        : new ObjectSentences(view).All().DefaultIfEmpty("no shared objects");

    private static object Of(ProcessEntry process, TimeSpan now) => new
    {
        process.Pid,
        Name = process.Label,
        process.Parent,
        ProcessorSeconds = process.Processor.TotalSeconds,
        MemoryBytes = process.Memory,
        process.Threads,
        RunningSeconds = (now - process.Began).TotalSeconds,
    };

    private static void Line(StringBuilder text, string name, ProcessEntry process, TimeSpan now) => text.Append(
        CultureInfo.InvariantCulture,
        $"{Short(name),-NameColumns} {process.Pid,8} {process.Processor.TotalSeconds,8:0.0} s {process.Memory / 1048576.0,7:0.0} MB {process.Threads,8} "
        + $"{now - process.Began,12:d\\.hh\\:mm\\:ss}\n");

    private static string Short(string name) => name.Length <= NameColumns ? name : $"{name.AsSpan(0, NameColumns - 1)}…";
}
