namespace Multiproc.Pool;

/// <summary>The outputs of the scheduling: what the supervisor is to do.</summary>
internal abstract record PoolEffect
{
    public sealed record Send(int Worker, int Job, long First, int Count) : PoolEffect;

    /// <summary>Send a task that the worker is to run beside others.</summary>
    public sealed record SendConcurrent(int Worker, int Job, long Task) : PoolEffect;

    /// <summary>The worker died while it ran this task, like <paramref name="Deaths"/> workers in total.</summary>
    public sealed record TaskLost(int Worker, int Job, long Task, int Deaths = 1) : PoolEffect;

    /// <summary>The worker died while it ran this task, which will be run again.</summary>
    public sealed record TaskRetried(int Worker, int Job, long Task) : PoolEffect;

    /// <summary>All tasks of the job are done or lost.</summary>
    public sealed record JobFinished(int Job) : PoolEffect;

    /// <summary>The job arrived after the pool was closed.</summary>
    public sealed record JobRefused(int Job) : PoolEffect;

    public sealed record StartWorker : PoolEffect;

    public sealed record RetireWorker(int Worker) : PoolEffect;

    /// <summary>Tell the worker to return the chunks that it has not begun.</summary>
    public sealed record TakeBack(int Worker) : PoolEffect;

    /// <summary>Tell the worker to skip the tasks of the job that it has not begun, and to cancel the token of the one that it runs.</summary>
    public sealed record CancelWork(int Worker, int Job) : PoolEffect;

    /// <summary>Tell the worker to end itself if it is still working on the job.</summary>
    public sealed record StopWorker(int Worker, int Job) : PoolEffect;

    /// <summary>Kill the worker, which did not end itself.</summary>
    public sealed record KillWorker(int Worker) : PoolEffect;

    /// <summary>Send <see cref="PoolCommand.GraceOver"/> when the grace period is over.</summary>
    public sealed record Remind(int Job, bool Last) : PoolEffect;

    /// <summary>Send <see cref="PoolCommand.Tick"/> in a few milliseconds, and <paramref name="Longer"/>, since news of far workers takes that long.</summary>
    public sealed record TickSoon(TimeSpan Longer = default) : PoolEffect;

    /// <summary>Give up the pool: its workers repeatedly die before they are ready, so no task will ever run.</summary>
    public sealed record Broken : PoolEffect;
}
