using Akka.Cluster;
using Multiproc.Cluster.Nodes;

namespace Multiproc.Cluster.Lines;

/// <summary>Tells the lines of this node of the members.</summary>
internal sealed class LinesActor(EntityLines lines) : MemberObserver
{
    protected override void OnMember(ClusterEvent.IMemberEvent change) => lines.OnMember(change.Member);

    protected override void OnOther(object message, bool isShuttingDown) => Unhandled(message);
}
