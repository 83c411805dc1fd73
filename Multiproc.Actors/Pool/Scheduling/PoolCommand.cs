namespace Multiproc.Pool;

/// <summary>The inputs of the scheduling: what happens to a pool.</summary>
internal abstract record PoolCommand
{
    /// <summary>
    /// A job begins, with this many tasks for now; with <paramref name="Ended"/> there will be no more. A task may be run again <paramref name="Retries"/>
    /// times after its worker died. <paramref name="Single"/>: one of many calls of one task each, which share the knowledge of how quick they are.
    /// <paramref name="Adaptive"/>: the caller did not choose the chunk size, so it may become smaller if the tasks turn out to be long.
    /// <paramref name="AtOnce"/>: how many of its tasks, and of other such jobs, a worker runs at the same time; 0 if it runs them in chunks.
    /// </summary>
    public sealed record Submit(
        int Job, long Tasks, int ChunkSize, bool Ended, int Retries = 0, bool Single = false, bool Adaptive = false, int AtOnce = 0) : PoolCommand;

    /// <summary>A job now has this many tasks.</summary>
    public sealed record MoreInput(int Job, long Tasks, bool Ended) : PoolCommand;

    /// <summary>The chunks of a job are large, so a worker should have at most <paramref name="MostAssigned"/> of them.</summary>
    public sealed record Heavy(int Job, int MostAssigned) : PoolCommand;

    /// <summary>A worker is ready for chunks. A message takes <paramref name="RoundTrip"/> to it and back: zero for one of this machine.</summary>
    public sealed record WorkerReady(int Worker, TimeSpan RoundTrip = default) : PoolCommand;

    /// <summary>A worker is to leave without replacement, because its node leaves: it returns what it has not begun.</summary>
    public sealed record WorkerLeaves(int Worker) : PoolCommand;

    /// <summary>A worker has finished its <paramref name="Count"/> oldest chunks, which together took <paramref name="Elapsed"/>.</summary>
    public sealed record ChunkDone(int Worker, TimeSpan Elapsed, int Count = 1) : PoolCommand;

    /// <summary>A worker has finished a task that it ran beside others, or dropped it, since its job was cancelled.</summary>
    public sealed record ConcurrentDone(int Worker, int Job, long Task) : PoolCommand;

    /// <summary>A worker uses too much memory, while it runs tasks at the same time: it is to be replaced when they have ended.</summary>
    public sealed record WorkerGrown(int Worker) : PoolCommand;

    /// <summary>A worker returns chunks that it has not begun, as requested.</summary>
    public sealed record ChunksReturned(int Worker, IReadOnlyList<(int Job, long First)> Chunks) : PoolCommand;

    /// <summary>
    /// A worker has ended. <paramref name="TasksDone"/> tasks of its oldest chunk were done; <paramref name="Started"/>: it had begun that chunk.
    /// <paramref name="OnPurpose"/>: it was ended because of the task that it ran. <paramref name="Unseen"/>: it was lost with its node, and how far it had
    /// come is not known: each task that it had, and whose result did not arrive, may have been run. <paramref name="Overdue"/>: the tasks because of
    /// which it was ended.
    /// </summary>
    public sealed record WorkerGone(
        int Worker, int TasksDone, bool Started, bool OnPurpose = false, bool Unseen = false, IReadOnlyList<(int Job, long Task)>? Overdue = null)
        : PoolCommand;

    /// <summary>The caller does not need the remaining results; with <paramref name="Stop"/> running tasks are ended too, by force if necessary.</summary>
    public sealed record Cancel(int Job, bool Stop = false) : PoolCommand;

    /// <summary>The grace period of a cancelled job's tasks is over; <paramref name="Last"/>: so is the time in which a worker was to end itself.</summary>
    public sealed record GraceOver(int Job, bool Last) : PoolCommand;

    /// <summary>The time requested by <see cref="PoolEffect.TickSoon"/> has passed.</summary>
    public sealed record Tick : PoolCommand;

    /// <summary>The number of workers changes by <paramref name="By"/>.</summary>
    public sealed record Resize(int By) : PoolCommand;

    /// <summary>The pool closes: no new jobs, and workers leave when there is nothing left to do.</summary>
    public sealed record Close : PoolCommand;
}
