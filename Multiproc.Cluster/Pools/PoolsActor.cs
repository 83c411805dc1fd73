using Akka.Actor;
using Akka.Cluster;

namespace Multiproc.Cluster.Pools;

/// <summary>Asks a node at which port pools reach its agent. It opens the port then.</summary>
internal sealed record PoolsQuestion
{
    public static readonly PoolsQuestion Instance = new();
}

/// <summary>The answer: the port, or why there is none.</summary>
internal sealed record PoolsAnswer(int Port, string Problem);

/// <summary>Tells the pools of a node of the members, and other nodes where its agent is.</summary>
internal sealed class PoolsActor(ClusterPools pools) : UntypedActor
{
    public const string Name = "pools";

    private bool _isShuttingDown;

    protected override void PreStart() => Akka.Cluster.Cluster.Get(Context.System).Subscribe(
        Self,
        ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.IMemberEvent),
        typeof(ClusterEvent.ClusterShuttingDown));

    protected override void PostStop() => Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.ClusterShuttingDown:
                // What follows is that all members were removed. They live on: it is this node that has left them, and its pools are told so.
                _isShuttingDown = true;
                break;
            case ClusterEvent.IMemberEvent change:
                if (!_isShuttingDown)
                {
                    pools.OnMember(change.Member);
                }

                break;
            case PoolsQuestion:
                Sender.Tell(Answer());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private PoolsAnswer Answer()
    {
        try
        {
            return new PoolsAnswer(pools.Agent.Port, "");
        }
        catch (Exception unusable) when (unusable is IOException or ObjectDisposedException)
        {
            return new PoolsAnswer(0, $"{pools.Address} cannot serve pools: {unusable.Message}");
        }
    }
}
