using Multiproc.Nodes;
using Multiproc.Objects.Locks;
using Multiproc.States;

namespace Multiproc.Objects.Inspection;

/// <summary>
/// Looks for deadlocks by itself while somebody waits for a lock of this node, and tells of each once. A cycle counts when it is the same at two
/// looks: so nothing but one flag is touched by a wait that ends in time, and short waits are no false alarm.
/// </summary>
internal sealed class DeadlockWatch(Node node)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private HashSet<Deadlocks.Edge>? _told;
    private HashSet<Deadlocks.Edge>? _before;
    private volatile Action<DeadlockReport>? _tell;
    private ITimer? _timer;
    private int _armed;

    /// <summary>Who is told; null (at the start): nobody, and nothing is looked at.</summary>
    public Action<DeadlockReport>? Tell
    {
        get => _tell;
        set => _tell = value;
    }

    /// <summary>Somebody begins to wait for a lock.</summary>
    public void WaitBegins()
    {
        if (_tell is not null && Volatile.Read(ref _armed) == 0 && Interlocked.Exchange(ref _armed, 1) == 0)
        {
            (_timer ??= TimeProvider.System.CreateTimer(static watch => ((DeadlockWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan))
                .Change(s_interval, Timeout.InfiniteTimeSpan);
        }
    }

    private async void Look()
    {
        try
        {
            await LookAndTell().ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // An object that has much to do has not shown itself: the next look finds what stands then.
        }

        // In this order: who begins to wait after the last look arms it himself.
        Volatile.Write(ref _armed, 0);
        if (NodeInspector.AnyWaiter(node, LockType.Instance))
        {
            WaitBegins();
        }
    }

    private async Task LookAndTell()
    {
        var edges = Deadlocks.EdgesOf(NodeInspector.TakeSnapshots(node, LockType.Instance));
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
