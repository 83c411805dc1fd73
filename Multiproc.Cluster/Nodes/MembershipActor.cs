using Akka.Actor;
using Akka.Cluster;
using Multiproc.Cluster.Leases;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// Keeps the view of the members, and tells the entities of this node of changes. A member that was removed is gone when its lease is over: before that, its
/// processes may still act upon what they hold.
/// </summary>
internal sealed class MembershipActor(ClusterView view, LeaseKeeper leases) : UntypedActor
{
    private bool _isShuttingDown;

    protected override void PreStart() => Akka.Cluster.Cluster.Get(Context.System).Subscribe(
        Self,
        ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.IMemberEvent),
        typeof(ClusterEvent.ClusterShuttingDown));

    protected override void PostStop() => Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        // A node that is out of the cluster, by its own will or not, tells itself next that all members were removed. They live on.
        _isShuttingDown |= message is ClusterEvent.ClusterShuttingDown;
        if (_isShuttingDown)
        {
            return;
        }

        if (message is ClusterEvent.MemberRemoved removed)
        {
            var address = removed.Member.UniqueAddress;
            _ = leases.EndOfAsync(ClusterView.NameOf(address)).PipeTo(Self, success: () => new Gone(address));
            return;
        }

        var change = message switch
        {
            Gone gone => view.Remove(gone.Address),
            ClusterEvent.IMemberEvent known => view.Add(known.Member.UniqueAddress),
            _ => null,
        };
        if (change is not null)
        {
            Context.System.EventStream.Publish(change);
        }
    }

    private sealed record Gone(UniqueAddress Address);
}
