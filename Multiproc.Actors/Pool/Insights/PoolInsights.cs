using System.Text;

namespace Multiproc;

/// <summary>What the workers of a pool spent their time on, and what could be done better.</summary>
/// <param name="Workers">Each worker that runs.</param>
/// <param name="SlowestTasks">The slowest first, at most five. Without <see cref="PoolOptions.MeasureTasks"/> only tasks that were a chunk of their own are known.</param>
/// <param name="Advice">Sentences; none when there is nothing to say.</param>
public sealed record PoolInsights(IReadOnlyList<WorkerInsight> Workers, IReadOnlyList<SlowTask> SlowestTasks, IReadOnlyList<string> Advice)
{
    /// <summary>A small report.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
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

/// <summary>What a worker spent its time on.</summary>
/// <param name="Name">Its name, as "PoolWorker-3".</param>
/// <param name="Pid">Its process id.</param>
/// <param name="Start">From the decision to start it until it was ready.</param>
/// <param name="Waited">Between its chunks.</param>
/// <param name="Serialized">Reading inputs and writing results; zero without <see cref="PoolOptions.MeasureTasks"/>, when it is part of <paramref name="Worked"/>.</param>
/// <param name="Worked">In the functions.</param>
/// <param name="Tasks">Tasks that it has done.</param>
/// <param name="Chunks">Chunks that it has done.</param>
public sealed record WorkerInsight(string Name, int Pid, TimeSpan Start, TimeSpan Waited, TimeSpan Serialized, TimeSpan Worked, long Tasks, long Chunks)
{
    /// <summary>A line of a report.</summary>
    /// <returns>For example "PoolWorker-1 (pid 4711): 100 tasks in 8 chunks; started in 60 ms, waited 3 ms, serialized 1 ms, worked 250 ms".</returns>
    public override string ToString() =>
        $"{Name} (pid {Pid}): {Tasks} tasks in {Chunks} chunks; started in {Start.TotalMilliseconds:0} ms, waited {Waited.TotalMilliseconds:0} ms, "
        + $"serialized {Serialized.TotalMilliseconds:0} ms, worked {Worked.TotalMilliseconds:0} ms";
}

/// <summary>A task that took long.</summary>
/// <param name="Index">Its place in its input.</param>
/// <param name="Argument">Its argument in a few words.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record SlowTask(long Index, string Argument, TimeSpan Elapsed);
