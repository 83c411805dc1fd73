namespace Multiproc.Pool;

/// <summary>Derives advice for the user from the measurements of a pool.</summary>
internal static class PoolAdvice
{
    /// <summary>The number of chunks below which measurements are not meaningful.</summary>
    private const long EnoughChunks = 50;

    private static readonly TimeSpan s_smallChunk = TimeSpan.FromMicroseconds(200);
    private static readonly TimeSpan s_goodChunk = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_largeChunk = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<string> From(IReadOnlyList<WorkerInsight> workers, TimeSpan longestChunk)
    {
        var advice = new List<string>();
        long tasks = workers.Sum(static worker => worker.Tasks);
        long chunks = workers.Sum(static worker => worker.Chunks);
        if (tasks == 0 || chunks == 0)
        {
            return advice;
        }

        var serialized = TimeSpan.FromTicks(workers.Sum(static worker => worker.Serialized.Ticks));
        var worked = TimeSpan.FromTicks(workers.Sum(static worker => worker.Worked.Ticks));
        var perChunk = (serialized + worked) / chunks;
        var perTask = (serialized + worked) / tasks;
        if (chunks >= EnoughChunks && perChunk < s_smallChunk)
        {
            long better = Math.Max(2, (long)(s_goodChunk / TimeSpan.FromTicks(Math.Max(1, perTask.Ticks))));
            advice.Add($"Chunks are too small: {tasks} tasks of {perTask.TotalMicroseconds:0.#} us each came in {chunks} chunks, and a chunk costs about as "
                + "much as such a task. "
                + $"Try a chunk size of {better}, or leave it to Map.");
        }

        if (workers.Count > 1 && longestChunk > s_largeChunk && tasks > chunks
            && workers.Max(static worker => Busy(worker)) > 2 * workers.Min(static worker => Busy(worker)))
        {
            advice.Add(
                $"Chunks are too large: the longest took {longestChunk.TotalSeconds:0.#} s, while another worker had less than half the work. Try a chunk "
                    + $"size of {Math.Max(1, tasks / chunks / 4)}.");
        }

        if (serialized > worked && serialized > s_goodChunk)
        {
            advice.Add($"More time went into serialization ({serialized.TotalMilliseconds:0} ms) than into the functions ({worked.TotalMilliseconds:0} ms): "
                + "send less, or use a SharedArray, of which only the handle is sent.");
        }

        return advice;
    }

    private static TimeSpan Busy(WorkerInsight worker) => worker.Serialized + worker.Worked;
}
