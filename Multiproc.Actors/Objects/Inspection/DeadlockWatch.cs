using Multiproc.Nodes;

namespace Multiproc.Objects.Inspection;

/// <summary>
/// Checks for deadlocks on its own while there are waiters for a lock of this node, and reports each once. A cycle counts when two checks find the same one: so
/// a wait that ends in time touches nothing but one flag, and short waits are no false alarm.
/// </summary>
internal sealed class DeadlockWatch(Node node)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private HashSet<Deadlocks.Edge>? _told;
    private HashSet<Deadlocks.Edge>? _before;
    private volatile Action<DeadlockReport>? _tell;
    private ITimer? _timer;
    private int _armed;

    /// <summary>Receives the reports; null (the default) disables the checks.</summary>
    public Action<DeadlockReport>? Tell
    {
        get => _tell;
        set => _tell = value;
    }

    /// <summary>Called when a caller begins to wait for a lock.</summary>
    public void WaitBegins()
    {
        if (_tell is not null && Volatile.Read(ref _armed) == 0 && Interlocked.Exchange(ref _armed, 1) == 0)
        {
            (
                _timer ??= TimeProvider.System.CreateTimer(
                    static watch => ((DeadlockWatch)watch!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan))
                .Change(s_interval, Timeout.InfiniteTimeSpan);
        }
    }

    private async void Check()
    {
        try
        {
            await CheckAndTell().ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A busy object has not sent its snapshot: the next check finds what is true then.
        }

        // In this order: a caller that begins to wait after the last check arms the watch itself.
        Volatile.Write(ref _armed, 0);
        if (NodeInspector.AnyWaiter(node, Deadlocks.IsLock))
        {
            WaitBegins();
        }
    }

    private async Task CheckAndTell()
    {
        var edges = Deadlocks.EdgesOf(NodeInspector.TakeSnapshots(node, Deadlocks.IsLock));
        var standing = edges.Where(edge => _before?.Contains(edge) == true).ToList();
        _before = edges;
        var told = _told ??= [];
        told.IntersectWith(edges);
        foreach (var cycle in Deadlocks.Cycles(standing).Where(cycle => !cycle.All(told.Contains)))
        {
            told.UnionWith(cycle);
            if (await Deadlocks.Describe(node, cycle).ConfigureAwait(false) is { } report)
            {
                _tell?.Invoke(report);
            }
        }
    }
}
