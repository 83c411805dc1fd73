using System.Text;

namespace Multiproc;

/// <summary>Reports how the workers of a pool spent their time, and what to improve. See <see cref="ProcessPool.Insights"/>.</summary>
/// <param name="Workers">The running workers.</param>
/// <param name="SlowestTasks">
/// The slowest tasks, the slowest first, at most five. Without <see cref="PoolOptions.MeasureTasks"/> only tasks that were sent as a chunk of one are known.
/// </param>
/// <param name="Advice">Sentences of advice; empty if there is nothing to improve.</param>
public sealed record PoolInsights(IReadOnlyList<WorkerInsight> Workers, IReadOnlyList<SlowTask> SlowestTasks, IReadOnlyList<string> Advice)
{
    /// <summary>The nodes that a pool over nodes uses, or cannot use; empty (the default) for a pool of this process.</summary>
    public IReadOnlyList<NodeInsight> Nodes { get; init; } = [];

    /// <summary>Formats a short report.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var node in Nodes)
        {
            text.AppendLine(node.ToString());
        }

        foreach (var worker in Workers)
        {
            text.AppendLine(worker.ToString());
        }

        foreach (var task in SlowestTasks)
        {
            text.AppendLine($"task {task.Index} ({task.Argument}): {task.Elapsed.TotalMilliseconds:0.#} ms");
        }

        foreach (string sentence in Advice)
        {
            text.AppendLine(sentence);
        }

        return text.ToString();
    }
}

/// <summary>Reports how a worker spent its time.</summary>
/// <param name="Name">The worker's name, such as "PoolWorker-3".</param>
/// <param name="Pid">The worker's process id.</param>
/// <param name="Start">The time from the decision to start it until it was ready.</param>
/// <param name="Waited">The time that it waited between chunks.</param>
/// <param name="Serialized">
/// The time for deserializing inputs and serializing results. Without <see cref="PoolOptions.MeasureTasks"/> it is zero, and part of
/// <paramref name="Worked"/>.
/// </param>
/// <param name="Worked">The time in the functions.</param>
/// <param name="Tasks">The number of completed tasks.</param>
/// <param name="Chunks">The number of completed chunks.</param>
public sealed record WorkerInsight(string Name, int Pid, TimeSpan Start, TimeSpan Waited, TimeSpan Serialized, TimeSpan Worked, long Tasks, long Chunks)
{
    /// <summary>The node on which the worker runs, as "host:port"; empty (the default) for a child of this process.</summary>
    public string Node { get; init; } = "";

    /// <summary>Formats one line of a report.</summary>
    /// <returns>For example "PoolWorker-1 (pid 4711): 100 tasks in 8 chunks; started in 60 ms, waited 3 ms, serialized 1 ms, worked 250 ms".</returns>
    public override string ToString() =>
        $"{Name} (pid {Pid}{(Node.Length == 0 ? "" : $" on {Node}")}): {Tasks} tasks in {Chunks} chunks; "
        + $"started in {Start.TotalMilliseconds:0} ms, waited {Waited.TotalMilliseconds:0} ms, "
        + $"serialized {Serialized.TotalMilliseconds:0} ms, worked {Worked.TotalMilliseconds:0} ms";
}

/// <summary>Reports a slow task of a pool.</summary>
/// <param name="Index">The index of the task in the input of its call, from 0.</param>
/// <param name="Argument">A short description of its argument.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record SlowTask(long Index, string Argument, TimeSpan Elapsed);
