using Microsoft.Extensions.Logging;
using Multiproc.Nodes;
using Multiproc.Objects.Barriers;
using Multiproc.Objects.Conditions;
using Multiproc.Objects.Events;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Objects.Semaphores;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Pool;
using Multiproc.Processes;
using Multiproc.Processes.Leaving;
using Multiproc.Processes.Logging;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>A way of starting processes, with everything that can be made for them. <see cref="Mp"/> has the same members for the default way.</summary>
public sealed partial class MultiprocContext
{
    /// <summary>The settings in force.</summary>
    public static MultiprocOptions Options => Settings.Current;

    /// <summary>Sets what holds for everything that is made from now on, here and in the children that start from now on.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    /// <exception cref="SerializationException">A reducer or the warm-up cannot be sent, or is of an assembly that a new process does not have, as plug-ins are.</exception>
    public static void Configure(MultiprocOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Settings.Set(options);
    }

    /// <summary>
    /// The program's log. In every process of the program records go to the same place: the main process, in order for each process. Nothing is
    /// logged before <see cref="LogToStderr"/> or <see cref="LogTo"/> was called.
    /// </summary>
    /// <returns>A logger that may be used from any thread.</returns>
    public static ILogger GetLogger() => MultiprocLogger.Instance;

    /// <summary>Writes the log to stderr, a record as <c>[LEVEL/ProcessName] message</c>. Children that start from now on log too.</summary>
    /// <param name="level">What is below it is left out; default Information.</param>
    /// <returns>The logger.</returns>
    public static ILogger LogToStderr(LogLevel level = LogLevel.Information)
    {
        ProcessLog.Current.ToStderr(level);
        return MultiprocLogger.Instance;
    }

    /// <summary>Writes the log to the program's own logger; a record has the process's name and pid as properties Process and Pid.</summary>
    /// <param name="logger">Gets the records of all processes, one at a time.</param>
    /// <param name="level">What is below it is left out; default Information.</param>
    public static void LogTo(ILogger logger, LogLevel level = LogLevel.Information)
    {
        ArgumentNullException.ThrowIfNull(logger);
        ProcessLog.Current.To(logger, level);
    }

    /// <summary>
    /// Must be the first line of Main in a program that is published as one file: such a program is its own host for children, and this call does not
    /// return in one. Elsewhere it does nothing.
    /// </summary>
    /// <param name="args">What Main was given.</param>
    public static void FreezeSupport(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        FrozenApp.Support(args);
    }

    /// <summary>
    /// A folder that belongs to this process alone and is removed with all that is in it when the process ends, after everything else. What a killed process
    /// leaves is removed when the next program of this user starts. Small files are meant: the folder may lie in memory.
    /// </summary>
    /// <returns>Its path, the same at each call.</returns>
    /// <exception cref="MultiprocException">Others may enter the folder that it is made in.</exception>
    public static string GetTempDir() => TemporaryFolder.Path;

    /// <summary>Sets the program that children are started with: another <c>dotnet</c>, or for a program of one file another copy of it.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="ArgumentException">An empty path.</exception>
    public static void SetExecutable(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        HostCommand.SetExecutable(path);
    }

    /// <summary>Makes a queue that lives in this process.</summary>
    /// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
    /// <param name="maxSize">How many items it holds at most; zero (the default) or less: without a bound.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    public SharedQueue<T> Queue<T>(int maxSize = 0) =>
        Queue<T>(new SharedQueueOptions { MaxSize = maxSize });

    /// <summary>Makes a queue that lives in this process.</summary>
    /// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
    /// <param name="options">Its settings.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public SharedQueue<T> Queue<T>(SharedQueueOptions options) =>
        new SharedQueue<T>(Make(QueueType.Instance, SharedQueueOptions.Checked(options).Pack()), options.MaxSize);

    /// <summary>Makes a queue that can be joined and that lives in this process.</summary>
    /// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
    /// <param name="maxSize">How many items it holds at most; zero (the default) or less: without a bound.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    public SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) =>
        JoinableQueue<T>(new SharedQueueOptions { MaxSize = maxSize });

    /// <summary>Makes a queue that can be joined and that lives in this process.</summary>
    /// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
    /// <param name="options">Its settings.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) =>
        new SharedJoinableQueue<T>(Make(JoinableQueueType.Instance, SharedQueueOptions.Checked(options).Pack()), options.MaxSize);

    /// <summary>Makes a queue with nothing but put, get and empty, that lives in this process.</summary>
    /// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
    /// <returns>A facade that can be sent to other processes.</returns>
    public SharedSimpleQueue<T> SimpleQueue<T>() =>
        new SharedSimpleQueue<T>(Make(QueueType.Instance, new SharedQueueOptions().Pack()));

    /// <summary>Makes a lock that lives in this process.</summary>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedLock Lock() =>
        new SharedLock(Make(LockType.Instance));

    /// <summary>Makes a recursive lock that lives in this process.</summary>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedRLock RLock() =>
        new SharedRLock(Make(LockType.Instance));

    /// <summary>Makes a semaphore that lives in this process.</summary>
    /// <param name="value">How many permits it has at the start; default 1, at most 16,777,215.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative value, or too many.</exception>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedSemaphore Semaphore(int value = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, SemaphoreCell.MaxCount);
        return new SharedSemaphore(Make(SemaphoreType.Instance, Serializer.Pack((value, SemaphoreCell.MaxCount))));
    }

    /// <summary>Makes a semaphore that lives in this process and never has more permits than at its start.</summary>
    /// <param name="value">How many permits it has at the start and at most; default 1, at most 16,777,215.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative value, or too many.</exception>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedBoundedSemaphore BoundedSemaphore(int value = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, SemaphoreCell.MaxCount);
        return new SharedBoundedSemaphore(Make(SemaphoreType.Instance, Serializer.Pack((value, value))), value);
    }

    /// <summary>Makes a condition that lives in this process.</summary>
    /// <param name="lock">Its lock; null (the default) makes a recursive one for it. Conditions may share a lock. What is awaited needs a <see cref="SharedLock"/>.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedCondition Condition(SharedLockBase? @lock = null) =>
        new SharedCondition(Make(ConditionType.Instance), @lock ?? RLock(), ownsGate: @lock is null);

    /// <summary>Makes a barrier that lives in this process.</summary>
    /// <param name="parties">How many must come until all may go on.</param>
    /// <param name="action">What the last party of each round runs, before any of them goes on; can be sent, as it runs in that party's process. Null (the default): nothing.</param>
    /// <param name="timeout">How long each party waits that does not say otherwise; null (the default) for ever.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive number of parties.</exception>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedBarrier Barrier(int parties, Action? action = null, TimeSpan? timeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parties);
        var handle = Make(BarrierType.Instance, Serializer.Pack((parties, action is not null)));
        return new SharedBarrier(handle, parties, AsyncVoid.RefusedIfAny(action) is null ? null : new BarrierAction(action!), timeout);
    }

    /// <summary>Makes an event that lives in this process and is not set.</summary>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedEvent Event() =>
        new SharedEvent(Make(EventType.Instance));

    /// <summary>Starts a manager: a server process whose objects outlive the processes that use them.</summary>
    /// <returns>The manager; disposing it ends its process and its objects.</returns>
    /// <exception cref="ProcessStartException">Its process could not be started.</exception>
    public SyncManager Manager() =>
        SyncManager.Launch();

    /// <summary>Starts a pool of worker processes.</summary>
    /// <param name="processes">How many; by default as many as this process may use processors.</param>
    /// <param name="options">The rest; see <see cref="PoolOptions"/>.</param>
    /// <param name="initializer">Run once in each worker before its first task; what it captures are its arguments. What it leaves in static fields stays.</param>
    /// <param name="finalizer">Run in each worker that leaves in peace: at Close, or when it is replaced. Not in one that is ended.</param>
    /// <param name="maxTasksPerChild">After how many tasks a worker is replaced by a fresh one; by default never.</param>
    /// <returns>The pool; disposing it ends its workers.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive number of processes or tasks.</exception>
    /// <exception cref="SerializationException">The initializer or finalizer cannot be sent.</exception>
    /// <exception cref="ProcessStartException">A worker could not be started.</exception>
    public ProcessPool Pool(int? processes = null, PoolOptions? options = null, Action? initializer = null, Action? finalizer = null, int? maxTasksPerChild = null) =>
        new ProcessPool(new PoolPlan(
            _method.Use(), processes ?? UsableCpuCount(), options ?? Options.Pool, AsyncVoid.RefusedIfAny(initializer), AsyncVoid.RefusedIfAny(finalizer), maxTasksPerChild));

    /// <summary>The children of this process that run.</summary>
    /// <returns>A fresh list.</returns>
    public IReadOnlyList<ChildProcess> ActiveChildren() =>
        Children.Current.Snapshot();

    /// <summary>How many processors this machine has.</summary>
    /// <returns>At least 1.</returns>
    public int CpuCount() =>
        Environment.ProcessorCount;

    /// <summary>How many processors this process may use.</summary>
    /// <returns>At least 1.</returns>
    public int UsableCpuCount() =>
        Environment.ProcessorCount;

    private static ObjectHandle Make(ObjectType kind, Payload options = default)
    {
        FrozenApp.RequireBound();
        long id = Node.Current.Create(kind, options, out var cell);
        return new ObjectHandle(id, cell);
    }
}
