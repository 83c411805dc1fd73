using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>Where the objects of a specification live, and where their user runs. Every specification holds over each.</summary>
public abstract class SpecHost : IDisposable
{
    /// <summary>A queue at the place where this host has its objects.</summary>
    public virtual SharedQueue<T> Queue<T>(int maxSize = 0) => Mp.Queue<T>(maxSize);

    /// <summary>The same with its other settings.</summary>
    public virtual SharedQueue<T> Queue<T>(SharedQueueOptions options) => Mp.Queue<T>(options);

    /// <summary>A queue that can be joined, at the same place.</summary>
    public virtual SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) => Mp.JoinableQueue<T>(maxSize);

    /// <summary>The same with its other settings.</summary>
    public virtual SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) => Mp.JoinableQueue<T>(options);

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
    public override SharedQueue<T> Queue<T>(int maxSize = 0) => _manager.Queue<T>(maxSize);

    /// <inheritdoc/>
    public override SharedQueue<T> Queue<T>(SharedQueueOptions options) => _manager.Queue<T>(options);

    /// <inheritdoc/>
    public override SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) => _manager.JoinableQueue<T>(maxSize);

    /// <inheritdoc/>
    public override SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) => _manager.JoinableQueue<T>(options);

    /// <inheritdoc/>
    public override void Run(Action body) => InChild.Run(body);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _manager.Dispose();
        base.Dispose();
    }
}
