using Akka.Cluster;
using Multiproc.Cluster.Nodes;

namespace Multiproc.Cluster.Pools;

/// <summary>Tells the pools of a node of the members.</summary>
internal sealed class PoolsActor(ClusterPools pools) : MemberObserver
{
    protected override void OnMember(ClusterEvent.IMemberEvent change) => pools.OnMember(change.Member);

    protected override void OnOther(object message, bool isShuttingDown) => Unhandled(message);
}
