using Multiproc.Serialization;

namespace Multiproc;

/// <summary>Sets retries, limits and other behavior of a pool. Every option has a default that suits most programs.</summary>
/// <example>
/// <code>
/// using var pool = Mp.Pool(4, new PoolOptions { TaskTimeout = TimeSpan.FromSeconds(30), MaxInFlight = 64 });
/// </code>
/// </example>
public sealed record PoolOptions
{
    /// <summary>
    /// How many workers in a row may die before they are ready, until the pool gives up and fails its jobs. From 1; default 3. A larger value tolerates
    /// temporary problems of the machine; a smaller one reveals a broken program sooner.
    /// </summary>
    public int StartAttempts { get; init; } = 3;

    /// <summary>
    /// How many tasks of an Imap may be submitted whose results the caller has not taken yet. From 1; default 1024. A larger value keeps workers busy while
    /// the caller is slow; a smaller one takes less memory.
    /// </summary>
    public int MaxInFlight { get; init; } = 1024;

    /// <summary>
    /// How many times a task marked <see cref="TaskOptions.Idempotent"/> is run again after its worker died; then it fails with
    /// <see cref="WorkerDiedException"/>. From 0; default 2. A larger value survives worse machines; a smaller one loses less time to an input that kills
    /// its workers.
    /// </summary>
    public int Retries { get; init; } = 2;

    /// <summary>
    /// How long a task may run: more than zero; null (the default) or <see cref="Timeout.InfiniteTimeSpan"/> for no limit. When the time is over, its
    /// token is cancelled; if it has no token, or does not end within <see cref="StopGrace"/>, its worker is ended. Costs one message per task.
    /// </summary>
    public TimeSpan? TaskTimeout { get; init; }

    /// <summary>
    /// How long a running task has to end by itself after its call was cancelled or its time was over, before its worker is ended.
    /// Zero or more, or <see cref="Timeout.InfiniteTimeSpan"/> for no limit; default 1 s.
    /// </summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many tasks of asynchronous functions a worker may run at the same time. From 1; default 1: a worker runs one task at a time, and waits for it. A
    /// larger value suits tasks that mostly wait, for a network or a disk; they then share the memory and the fate of their worker: when it dies, each of them
    /// fails with <see cref="WorkerDiedException"/>, unless it is <see cref="TaskOptions.Idempotent"/>. Other functions still run one at a time, beside them.
    /// </summary>
    public int ConcurrentTasksPerWorker { get; init; } = 1;

    /// <summary>
    /// How many bytes of memory a worker may use after a task; one that uses more leaves and is replaced. 0 (the default) for no limit. Costs a check of
    /// the process's memory after each task.
    /// </summary>
    public long MaxMemoryPerWorker { get; init; }

    /// <summary>
    /// How many bytes of memory a worker may use at any moment; one that uses more is killed in the middle of its task, which fails with
    /// <see cref="WorkerDiedException"/> unless it may be retried. 0 (the default) for no limit. Checked twenty times a second, so a worker may exceed it
    /// briefly; <see cref="ProcessOptions.AddressSpaceLimit"/> is enforced by the system. Has no effect on workers that are threads.
    /// </summary>
    public long HardMaxMemoryPerWorker { get; init; }

    /// <summary>
    /// Sets of processors, numbered from 0; each worker is pinned to the set that the fewest other workers have. Null (the default) lets workers run wherever
    /// this process may. Pinned workers keep their caches, but cannot move away from a busy processor. Linux only; pinned workers are not taken from the
    /// warm processes.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>>? WorkerAffinity { get; init; }

    /// <summary>
    /// Limits and environment of each worker, replacements included; default those of this process. <see cref="WorkerAffinity"/> overrides
    /// <see cref="ProcessOptions.Affinity"/>, and <see cref="ProcessOptions.KeepStderr"/> is always on, since a pool reports the last lines of a dead worker.
    /// Limits, processors, niceness and environment can be set only when a process starts, so workers that have any of them are not taken from the warm
    /// processes; a working folder and a grace period can be given to warm processes too. Has no effect on workers that are threads.
    /// </summary>
    public ProcessOptions Process { get; init; } = new();

    /// <summary>
    /// Whether each task is timed in its worker, so that <see cref="ProcessPool.Insights"/> can separate the time for serialization from that of
    /// the function. Default false. Costs a few clock readings for each task.
    /// </summary>
    public bool MeasureTasks { get; init; }

    /// <summary>
    /// Called after a worker has ended without being told to; null (the default) for no callback. Runs on a thread of its own, for one death at a time.
    /// Exceptions that it throws are written to stderr. Not sent to children.
    /// </summary>
    [field: NonSerialized]
    public Action<WorkerDeath>? OnWorkerDeath { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(StartAttempts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInFlight);
        ArgumentOutOfRangeException.ThrowIfNegative(Retries);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ConcurrentTasksPerWorker);
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
