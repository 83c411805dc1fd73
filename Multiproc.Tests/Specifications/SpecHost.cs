using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>Where the objects of a specification live, and where their user runs. Every specification holds over each.</summary>
public abstract class SpecHost : IDisposable
{
    /// <summary>The place where this host has its objects.</summary>
    public virtual IObjectSpace Space => Mp.GetContext();

    /// <summary>A queue at the place where this host has its objects.</summary>
    public virtual SharedQueue<T> Queue<T>(int maxSize = 0) => Mp.Queue<T>(maxSize);

    /// <summary>The same with its other settings.</summary>
    public virtual SharedQueue<T> Queue<T>(SharedQueueOptions options) => Mp.Queue<T>(options);

    /// <summary>A queue that can be joined, at the same place.</summary>
    public virtual SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) => Mp.JoinableQueue<T>(maxSize);

    /// <summary>The same with its other settings.</summary>
    public virtual SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) => Mp.JoinableQueue<T>(options);

    /// <summary>A lock at the same place; so for all that follow.</summary>
    public virtual SharedLock Lock() => Mp.Lock();

    public virtual SharedRLock RLock() => Mp.RLock();

    public virtual SharedReadWriteLock ReadWriteLock() => Mp.ReadWriteLock();

    public virtual SharedCountdown Countdown(int initialCount) => Mp.Countdown(initialCount);

    public virtual SharedSemaphore Semaphore(int value = 1) => Mp.Semaphore(value);

    public virtual SharedBoundedSemaphore BoundedSemaphore(int value = 1) => Mp.BoundedSemaphore(value);

    public virtual SharedCondition Condition(SharedLockBase? @lock = null) => Mp.Condition(@lock);

    public virtual SharedEvent Event() => Mp.Event();

    public virtual SharedBarrier Barrier(int parties, Action? action = null, TimeSpan? timeout = null) => Mp.Barrier(parties, action, timeout);

    /// <summary>Runs the user's part; what it throws is thrown here.</summary>
    public abstract void Run(Action body);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Object and user in this process.</summary>
public sealed class InProcessHost : SpecHost
{
    /// <inheritdoc/>
    public override void Run(Action body) => body();
}

/// <summary>The object here, its user in a child.</summary>
public sealed class ChildHost : SpecHost
{
    /// <inheritdoc/>
    public override void Run(Action body) => InChild.Run(body);
}

/// <summary>The object in a manager's server, its user in a child: the two meet over a socket with a key.</summary>
public sealed class ManagerHost : SpecHost
{
    private readonly SyncManager _manager = Mp.Manager();

    /// <inheritdoc/>
    public override IObjectSpace Space => _manager;

    /// <inheritdoc/>
    public override SharedQueue<T> Queue<T>(int maxSize = 0) => _manager.Queue<T>(maxSize);

    /// <inheritdoc/>
    public override SharedQueue<T> Queue<T>(SharedQueueOptions options) => _manager.Queue<T>(options);

    /// <inheritdoc/>
    public override SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) => _manager.JoinableQueue<T>(maxSize);

    /// <inheritdoc/>
    public override SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) => _manager.JoinableQueue<T>(options);

    /// <inheritdoc/>
    public override SharedLock Lock() => _manager.Lock();

    /// <inheritdoc/>
    public override SharedRLock RLock() => _manager.RLock();

    /// <inheritdoc/>
    public override SharedReadWriteLock ReadWriteLock() => _manager.ReadWriteLock();

    /// <inheritdoc/>
    public override SharedCountdown Countdown(int initialCount) => _manager.Countdown(initialCount);

    /// <inheritdoc/>
    public override SharedSemaphore Semaphore(int value = 1) => _manager.Semaphore(value);

    /// <inheritdoc/>
    public override SharedBoundedSemaphore BoundedSemaphore(int value = 1) => _manager.BoundedSemaphore(value);

    /// <inheritdoc/>
    public override SharedCondition Condition(SharedLockBase? @lock = null) => _manager.Condition(@lock);

    /// <inheritdoc/>
    public override SharedEvent Event() => _manager.Event();

    /// <inheritdoc/>
    public override SharedBarrier Barrier(int parties, Action? action = null, TimeSpan? timeout = null) => _manager.Barrier(parties, action, timeout);

    /// <inheritdoc/>
    public override void Run(Action body) => InChild.Run(body);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _manager.Dispose();
        base.Dispose();
    }
}
