using Multiproc.Processes.Leaving;

namespace Multiproc.Processes;

/// <summary>The children of this process that have been started and not yet been seen to end.</summary>
internal sealed class Children
{
    private static readonly TimeSpan s_startBound = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<ChildProcess> _running = [];
    private int _starting;
    private volatile bool _areEnded;

    public static Children Current { get; } = new();

    /// <summary>This process ends, and has begun to end its children: their deaths are no news.</summary>
    public bool AreEnded => _areEnded;

    public void Add(ChildProcess child)
    {
        Departure.PrepareForChildren();
        lock (_gate)
        {
            _running.Add(child);
        }
    }

    public void Remove(ChildProcess child)
    {
        lock (_gate)
        {
            _running.Remove(child);
        }
    }

    /// <summary>A process that is being started while this one ends must not be missed.</summary>
    public void BeginStart() => Interlocked.Increment(ref _starting);

    public void EndStart() => Interlocked.Decrement(ref _starting);

    public IReadOnlyList<ChildProcess> Snapshot()
    {
        lock (_gate)
        {
            return [.. _running];
        }
    }

    /// <summary>What a process owes its children when it ends normally: daemons are ended, the others are waited for.</summary>
    public void Leave()
    {
        if (Volatile.Read(ref _starting) != 0)
        {
            SpinWait.SpinUntil(() => Volatile.Read(ref _starting) == 0, s_startBound);
        }

        if (Any)
        {
            End(Snapshot());
        }
    }

    private bool Any
    {
        get
        {
            lock (_gate)
            {
                return _running.Count > 0;
            }
        }
    }

    private void End(IReadOnlyList<ChildProcess> children)
    {
        _areEnded = true;
        foreach (var child in children.Where(MustEnd))
        {
            child.Terminate();
        }

        foreach (var child in children)
        {
            // A daemon on a thread that does not observe its token ends with the process: it cannot be ended before.
            child.Exited.Ends(MustEnd(child) ? child.EndBound : WaitTimeout.Infinite, CancellationToken.None);
        }
    }

    private static bool MustEnd(ChildProcess child) => child.Daemon || child.EndsWithParent || CurrentProcess.Instance.IsTerminating;
}
