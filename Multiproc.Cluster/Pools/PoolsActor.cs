using Akka.Actor;
using Akka.Cluster;
using Multiproc.Cluster.Nodes;

namespace Multiproc.Cluster.Pools;

/// <summary>Asks a node at which port pools reach its agent. It opens the port then.</summary>
internal sealed record PoolsQuestion
{
    public static readonly PoolsQuestion Instance = new();
}

/// <summary>The answer: the port, or why there is none.</summary>
internal sealed record PoolsAnswer(int Port, string Problem);

/// <summary>Tells the pools of a node of the members, and other nodes where its agent is.</summary>
internal sealed class PoolsActor(ClusterPools pools) : MemberObserver
{
    public const string Name = "pools";

    protected override void OnMember(ClusterEvent.IMemberEvent change) => pools.OnMember(change.Member);

    protected override void OnOther(object message, bool isShuttingDown)
    {
        if (message is PoolsQuestion)
        {
            Sender.Tell(Answer());
        }
        else
        {
            Unhandled(message);
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
