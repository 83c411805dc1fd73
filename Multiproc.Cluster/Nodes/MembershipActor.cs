using Akka.Actor;
using Akka.Cluster;

namespace Multiproc.Cluster.Nodes;

/// <summary>Keeps the view of the members, and tells the entities of this node of changes.</summary>
internal sealed class MembershipActor(ClusterView view) : UntypedActor
{
    protected override void PreStart() => Akka.Cluster.Cluster.Get(Context.System).Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

    protected override void PostStop() => Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        var change = message switch
        {
            ClusterEvent.MemberRemoved removed => view.Remove(removed.Member.UniqueAddress),
            ClusterEvent.IMemberEvent known => view.Add(known.Member.UniqueAddress),
            _ => null,
        };
        if (change is not null)
        {
            Context.System.EventStream.Publish(change);
        }
    }
}
