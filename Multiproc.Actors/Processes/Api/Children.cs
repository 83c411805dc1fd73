using Multiproc.Processes.Leaving;

namespace Multiproc.Processes;

/// <summary>Holds the children of this process that were started and have not been seen to end.</summary>
internal sealed class Children
{
    private static readonly TimeSpan s_startBound = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<ChildProcess> _running = [];
    private int _starting;
    private volatile bool _areEnded;

    public static Children Current { get; } = new();

    /// <summary>Whether this process is ending and has begun to end its children, so that their deaths are not reported.</summary>
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

    /// <summary>Counts a start in progress, so that the end of this process does not miss the new child.</summary>
    public void BeginStart() => Interlocked.Increment(ref _starting);

    public void EndStart() => Interlocked.Decrement(ref _starting);

    public IReadOnlyList<ChildProcess> Snapshot()
    {
        lock (_gate)
        {
            return [.. _running];
        }
    }

    /// <summary>Ends the daemons and waits for the other children, when this process ends normally.</summary>
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

    public bool Any
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
            // A daemon on a thread that does not observe its token cannot be ended before the process itself ends.
            child.Exited.Ends(MustEnd(child) ? child.EndBound : WaitTimeout.Infinite, CancellationToken.None);
        }
    }

    private static bool MustEnd(ChildProcess child) => child.Daemon || child.EndsWithParent || CurrentProcess.Instance.IsTerminating;
}
