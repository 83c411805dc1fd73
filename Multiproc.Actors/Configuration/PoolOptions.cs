using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>The settings of a pool. Every value has a default that suits most programs.</summary>
public sealed record PoolOptions
{
    /// <summary>
    /// How often in a row a worker may die before it is ready, until the pool gives up and fails its jobs. From 1; default 3. More hides passing
    /// troubles of the machine, fewer shows a broken program sooner.
    /// </summary>
    public int StartAttempts { get; init; } = 3;

    /// <summary>
    /// How many tasks of an Imap may be given out and not yet taken by the caller. From 1; default 1024. More keeps workers busy with a slow caller,
    /// fewer takes less memory.
    /// </summary>
    public int MaxInFlight { get; init; } = 1024;

    /// <summary>
    /// How often a task of a call that is marked <see cref="TaskOptions.Idempotent"/> is run again after its worker died of it; then it is given up as
    /// poisonous. From 0; default 2. More survives worse machines, fewer loses less time to a deadly input.
    /// </summary>
    public int Retries { get; init; } = 2;

    /// <summary>
    /// How long a task may run; null (the default) or <see cref="Timeout.InfiniteTimeSpan"/> for ever, otherwise more than zero. Then its token is cancelled; when it has none, or does not end within
    /// <see cref="StopGrace"/>, its worker is ended. Costs a message for each task.
    /// </summary>
    public TimeSpan? TaskTimeout { get; init; }

    /// <summary>
    /// How long a running task has to end by itself after its call was cancelled or its time was over, before its worker is ended.
    /// Zero or more, or <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes; default 1 s.
    /// </summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many bytes of memory a worker may use: one that uses more after a task leaves and is replaced. 0 (the default) is no limit. Costs a look
    /// at the process's memory after each task.
    /// </summary>
    public long MaxMemoryPerWorker { get; init; }

    /// <summary>
    /// How many bytes of memory a worker may use at any moment: one that uses more is killed, in the middle of its task, which fails with
    /// <see cref="WorkerDiedException"/> unless it may be retried. 0 (the default) is no limit. Looked at twenty times a second, so that a quick eater gets
    /// further; a limit that the system keeps is <see cref="ProcessOptions.AddressSpaceLimit"/>. Not for workers that are threads.
    /// </summary>
    public long HardMaxMemoryPerWorker { get; init; }

    /// <summary>
    /// Sets of processors, from 0: each worker runs on one of the sets that the fewest others have. null (the default): all run where this process may.
    /// Pinned workers keep their caches, but cannot get out of the way of others. Linux only; such workers are not taken from warm hosts.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>>? WorkerAffinity { get; init; }

    /// <summary>
    /// What each worker may use, and how it begins, also one that takes the place of another; default nothing special. <see cref="WorkerAffinity"/>, when it is
    /// set, goes before its <see cref="ProcessOptions.Affinity"/>, and <see cref="ProcessOptions.KeepStderr"/> is always on: a pool tells the last lines of a dead
    /// worker. Limits, processors, niceness and environment can be had only from the start of a process, so such workers are not taken from warm hosts;
    /// a folder and a grace can be given to those too. Not for workers that are threads.
    /// </summary>
    public ProcessOptions Process { get; init; } = new();

    /// <summary>
    /// Whether each task is timed in its worker, so that <see cref="ProcessPool.Insights"/> can tell the time for reading and writing values from that of
    /// the function. Default false. Costs a few clock readings for each task.
    /// </summary>
    public bool MeasureTasks { get; init; }

    /// <summary>
    /// Called after a worker ended without being told to, on a thread of its own, one death after the other; null (the default) for nobody. What it throws is written to stderr.
    /// Is not sent to children.
    /// </summary>
    [field: NonSerialized]
    public Action<WorkerDeath>? OnWorkerDeath { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(StartAttempts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInFlight);
        ArgumentOutOfRangeException.ThrowIfNegative(Retries);
        WaitTimeout.RequireTime(StopGrace);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxMemoryPerWorker);
        ArgumentOutOfRangeException.ThrowIfNegative(HardMaxMemoryPerWorker);
        ArgumentNullException.ThrowIfNull(Process);
        Process.Validate();
        AsyncVoid.RefusedIfAny(OnWorkerDeath);
        if (WorkerAffinity is { } sets)
        {
            ArgumentOutOfRangeException.ThrowIfZero(sets.Count, nameof(WorkerAffinity));
            foreach (var set in sets)
            {
                new ProcessOptions { Affinity = set }.Validate();
            }
        }

        if (TaskTimeout is { } timeout)
        {
            WaitTimeout.RequireSomeTime(timeout, nameof(TaskTimeout));
        }
    }
}
