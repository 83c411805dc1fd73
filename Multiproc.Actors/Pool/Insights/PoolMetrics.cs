using System.Diagnostics.Metrics;
using Multiproc.Processes;

namespace Multiproc.Pool;

/// <summary>The metrics of all pools of this process, published by the meter "Multiproc".</summary>
internal static class PoolMetrics
{
    private const string Listener = "A listener of the meter of the pools";

    private static readonly Meter s_meter = new("Multiproc");

    public static Counter<long> TasksDone { get; } = s_meter.CreateCounter<long>("multiproc.pool.tasks.done", "{task}", "Completed tasks, failed ones "
        + "included.");

    public static Counter<long> TasksFailed { get; } = s_meter.CreateCounter<long>("multiproc.pool.tasks.failed", "{task}", "Tasks that failed.");

    public static Counter<long> TasksRetried { get; } = s_meter.CreateCounter<long>("multiproc.pool.tasks.retried", "{task}", "Tasks that ran again after "
        + "their worker died.");

    public static Counter<long> WorkersStarted { get; } = s_meter.CreateCounter<long>(
        "multiproc.pool.workers.started", "{process}", "Workers that became ready.");

    public static Counter<long> WorkersDied { get; } = s_meter.CreateCounter<long>("multiproc.pool.workers.died", "{process}", "Workers that ended "
        + "unexpectedly.");

    public static Histogram<double> ChunkTime { get; } = s_meter.CreateHistogram<double>(
        "multiproc.pool.chunk.duration", "s", "How long a worker took for a chunk.");

    /// <summary>How long a worker waited for a chunk.</summary>
    public static Histogram<double> WaitTime { get; } = s_meter.CreateHistogram<double>(
        "multiproc.pool.chunk.wait", "s", "How long a worker waited for a chunk.");

    /// <summary>Adds to a counter. Meter listeners are code of the program, and this thread delivers messages, so their exceptions are caught.</summary>
    public static void Count(Counter<long> counter, long count)
    {
        if (counter.Enabled)
        {
            try
            {
                counter.Add(count);
            }
            catch (Exception failure)
            {
                UserCode.Tell(Listener, failure);
            }
        }
    }

    /// <summary>Records a time. Exceptions of meter listeners are caught, as in <see cref="Count"/>.</summary>
    public static void Record(Histogram<double> times, int microseconds)
    {
        if (times.Enabled)
        {
            try
            {
                times.Record(microseconds / 1e6);
            }
            catch (Exception failure)
            {
                UserCode.Tell(Listener, failure);
            }
        }
    }
}
