namespace Multiproc.Pool;

/// <summary>What the scheduling wants done, as data.</summary>
internal abstract record PoolEffect
{
    public sealed record Send(int Worker, int Job, long First, int Count) : PoolEffect;

    /// <summary>The worker was running this task when it died, as so many workers before it.</summary>
    public sealed record TaskLost(int Worker, int Job, long Task, int Deaths = 1) : PoolEffect;

    /// <summary>The same, and it will be run again.</summary>
    public sealed record TaskRetried(int Worker, int Job, long Task) : PoolEffect;

    /// <summary>Every task of the job is done or lost.</summary>
    public sealed record JobFinished(int Job) : PoolEffect;

    /// <summary>The job came after the pool was closed.</summary>
    public sealed record JobRefused(int Job) : PoolEffect;

    public sealed record StartWorker : PoolEffect;

    public sealed record RetireWorker(int Worker) : PoolEffect;

    /// <summary>The worker is to give back the chunks that it has not begun.</summary>
    public sealed record TakeBack(int Worker) : PoolEffect;

    /// <summary>The worker is to skip what it has not begun of the job, and to cancel the token of the task that it runs.</summary>
    public sealed record CancelWork(int Worker, int Job) : PoolEffect;

    /// <summary>The worker is to end itself if it is still at work on the job.</summary>
    public sealed record StopWorker(int Worker, int Job) : PoolEffect;

    /// <summary>The worker did not do even that.</summary>
    public sealed record KillWorker(int Worker) : PoolEffect;

    /// <summary>Tell <see cref="PoolCommand.GraceOver"/> when the time is up.</summary>
    public sealed record Remind(int Job, bool Last) : PoolEffect;

    /// <summary>Tell <see cref="PoolCommand.Tick"/> in a few milliseconds.</summary>
    public sealed record TickSoon : PoolEffect;

    /// <summary>Workers die before they are ready, again and again: no task will ever run.</summary>
    public sealed record Broken : PoolEffect;
}
