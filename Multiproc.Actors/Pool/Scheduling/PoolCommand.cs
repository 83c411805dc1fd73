namespace Multiproc.Pool;

/// <summary>What happens to a pool, as its scheduling sees it.</summary>
internal abstract record PoolCommand
{
    /// <summary>
    /// A job begins, with so many tasks for now; <paramref name="Ended"/>: there will be no more. A task of it may be run again so often after its worker
    /// died. <paramref name="Single"/>: one of many calls of one task each, which share what is known of how quick they are. <paramref name="Adaptive"/>:
    /// nobody asked for this chunk size, so that it may become smaller when the tasks turn out to be long.
    /// </summary>
    public sealed record Submit(int Job, long Tasks, int ChunkSize, bool Ended, int Retries = 0, bool Single = false, bool Adaptive = false) : PoolCommand;

    /// <summary>A job has this many tasks by now.</summary>
    public sealed record MoreInput(int Job, long Tasks, bool Ended) : PoolCommand;

    /// <summary>The chunks of a job are large: a worker should have no more than so many in hand.</summary>
    public sealed record Heavy(int Job, int MostAssigned) : PoolCommand;

    /// <summary>A worker can take chunks.</summary>
    public sealed record WorkerReady(int Worker) : PoolCommand;

    /// <summary>A worker has finished its oldest chunks, so many; together they took this long.</summary>
    public sealed record ChunkDone(int Worker, TimeSpan Elapsed, int Count = 1) : PoolCommand;

    /// <summary>A worker gives chunks back that it has not begun, as it was asked.</summary>
    public sealed record ChunksReturned(int Worker, IReadOnlyList<(int Job, long First)> Chunks) : PoolCommand;

    /// <summary>
    /// A worker has ended. Of its oldest chunk so many tasks were done; <paramref name="Started"/>: it was at work on it. <paramref name="OnPurpose"/>:
    /// it was ended because of the task that it ran.
    /// </summary>
    public sealed record WorkerGone(int Worker, int TasksDone, bool Started, bool OnPurpose = false) : PoolCommand;

    /// <summary>The caller does not want the rest; <paramref name="Stop"/>: what runs is to end, by force if need be.</summary>
    public sealed record Cancel(int Job, bool Stop = false) : PoolCommand;

    /// <summary>The time that a cancelled job's tasks had to end by themselves is over; <paramref name="Last"/>: also that to end by its own hand.</summary>
    public sealed record GraceOver(int Job, bool Last) : PoolCommand;

    /// <summary>The time has come that <see cref="PoolEffect.TickSoon"/> asked for.</summary>
    public sealed record Tick : PoolCommand;

    /// <summary>So many workers more, or fewer.</summary>
    public sealed record Resize(int By) : PoolCommand;

    /// <summary>No new jobs; workers leave when there is nothing left to do.</summary>
    public sealed record Close : PoolCommand;
}
