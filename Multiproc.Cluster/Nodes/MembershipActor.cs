using Akka.Actor;
using Akka.Cluster;
using Multiproc.Cluster.Leases;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// Keeps the view of the members, and tells the entities of this node of changes. A member that was removed is gone when its lease is over: before that, its
/// processes may still act upon what they hold.
/// </summary>
internal sealed class MembershipActor(ClusterView view, LeaseKeeper leases) : MemberObserver
{
    protected override void OnMember(ClusterEvent.IMemberEvent change)
    {
        var address = change.Member.UniqueAddress;
        if (change is ClusterEvent.MemberRemoved)
        {
            _ = leases.EndOfAsync(ClusterView.NameOf(address)).PipeTo(Self, success: () => new Gone(address));
        }
        else
        {
            Publish(view.Add(address));
        }
    }

    protected override void OnOther(object message, bool isShuttingDown)
    {
        if (message is Gone gone && !isShuttingDown)
        {
            Publish(view.Remove(gone.Address));
        }
    }

    private static void Publish(object? change)
    {
        if (change is not null)
        {
            Context.System.EventStream.Publish(change);
        }
    }

    private sealed record Gone(UniqueAddress Address);
}
