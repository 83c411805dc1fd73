using System.Text;
using System.Text.Json;
using Multiproc.Diagnostics.Targets;

namespace Multiproc.Diagnostics.Stacks;

/// <summary>Writes the stacks of a process for people, or for other programs.</summary>
internal static class StackReport
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Threads with the same stack stand together. Idle ones of .NET and the library are one line each unless all is wanted.</summary>
    public static string Text(TargetProcess target, IReadOnlyList<ThreadStack> threads, IReadOnlyList<string> objects, bool all)
    {
        string parent = target.Program is null ? "" : $", child of {target.Program}";
        var text = new StringBuilder($"{target.Name}, process {target.Pid}{parent}: {threads.Count} managed threads\n");
        foreach (string each in objects)
        {
            text.Append($"    {each}\n");
        }

        foreach (var group in threads.GroupBy(static each => string.Join('\n', each.Frames.Select(static frame => frame.Method)) + each.Activity)
            .OrderByDescending(static each => each.First().HasCodeOfProgram).ThenBy(static each => each.First().Id))
        {
            var first = group.First();
            string ids = string.Join(", ", group.Select(static each => each.Name is null ? $"{each.Id}" : $"{each.Id} \"{each.Name}\""));
            text.Append($"\n{(group.Count() == 1 ? "thread" : "threads")} {ids}: {first.Activity}\n");
            foreach (var frame in all || first.HasCodeOfProgram ? first.Frames : [])
            {
                text.Append($"    {frame.Method}  [{frame.Module}]\n");
            }
        }

        return text.ToString();
    }

    public static string Json(TargetProcess target, IReadOnlyList<ThreadStack> threads, IReadOnlyList<string> objects) => JsonSerializer.Serialize(
        new
        {
            target.Pid,
            target.Name,
            target.Program,
            Objects = objects,
            Threads = threads.Select(static each => new
            {
                each.Id,
                each.Name,
                each.Activity,
                Waits = each.IsSleeping ?? !each.IsInManagedCode,
                Frames = each.Frames.Select(static frame => new { frame.Method, frame.Module }),
            }),
        },
        s_json) + "\n";
}
