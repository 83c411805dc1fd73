namespace Multiproc.Pool;

/// <summary>What happens to a pool, as its scheduling sees it.</summary>
internal abstract record PoolCommand
{
    /// <summary>A job begins, with so many tasks for now; <paramref name="Ended"/>: there will be no more.</summary>
    public sealed record Submit(int Job, long Tasks, int ChunkSize, bool Ended) : PoolCommand;

    /// <summary>A job has this many tasks by now.</summary>
    public sealed record MoreInput(int Job, long Tasks, bool Ended) : PoolCommand;

    /// <summary>A worker can take chunks.</summary>
    public sealed record WorkerReady(int Worker) : PoolCommand;

    /// <summary>A worker has finished its oldest chunk; it took this long.</summary>
    public sealed record ChunkDone(int Worker, TimeSpan Elapsed) : PoolCommand;

    /// <summary>A worker has ended. Of its oldest chunk so many tasks were done; <paramref name="Started"/>: it was at work on it.</summary>
    public sealed record WorkerGone(int Worker, int TasksDone, bool Started) : PoolCommand;

    /// <summary>The caller does not want the rest.</summary>
    public sealed record Cancel(int Job) : PoolCommand;

    /// <summary>No new jobs; workers leave when there is nothing left to do.</summary>
    public sealed record Close : PoolCommand;
}

/// <summary>What the scheduling wants done, as data.</summary>
internal abstract record PoolEffect
{
    public sealed record Send(int Worker, int Job, long First, int Count) : PoolEffect;

    /// <summary>The worker was running this task when it died.</summary>
    public sealed record TaskLost(int Worker, int Job, long Task) : PoolEffect;

    /// <summary>Every task of the job is done or lost.</summary>
    public sealed record JobFinished(int Job) : PoolEffect;

    public sealed record StartWorker : PoolEffect;

    public sealed record RetireWorker(int Worker) : PoolEffect;

    /// <summary>Workers die before they are ready, again and again: no task will ever run.</summary>
    public sealed record Broken : PoolEffect;
}
