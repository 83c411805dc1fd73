using Akka.Actor;
using Akka.Cluster;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// Observes the members of the cluster, while this node is one of them. A node that is out of the cluster, by its own will or not, is told next that all
/// members were removed. They live on, so derived actors do not hear of it.
/// </summary>
internal abstract class MemberObserver : UntypedActor
{
    private bool _isShuttingDown;

    protected override void PreStart() => Akka.Cluster.Cluster.Get(Context.System).Subscribe(
        Self,
        ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.IMemberEvent),
        typeof(ClusterEvent.ClusterShuttingDown));

    protected override void PostStop() => Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);

    protected sealed override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.ClusterShuttingDown:
                _isShuttingDown = true;
                break;
            case ClusterEvent.IMemberEvent change:
                if (!_isShuttingDown)
                {
                    OnMember(change);
                }

                break;
            default:
                OnOther(message, _isShuttingDown);
                break;
        }
    }

    protected abstract void OnMember(ClusterEvent.IMemberEvent change);

    /// <summary>Called with every other message.</summary>
    protected abstract void OnOther(object message, bool isShuttingDown);
}
