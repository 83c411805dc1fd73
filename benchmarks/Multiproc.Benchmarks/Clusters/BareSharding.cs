using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Multiproc.Benchmarks.Clusters;

/// <summary>What sharding costs alone: an actor that replies with the address of its node, in a region of its own beside the objects.</summary>
internal static class BareSharding
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    /// <summary>Starts the region in a node. Every node needs it.</summary>
    public static IActorRef Start(ClusterContext cluster)
    {
        var sharding = ClusterSharding.Get(cluster.Node.System);
        var settings = ClusterShardingSettings.Create(cluster.Node.System);
        return sharding.Start(
            "bare", _ => Props.Create<Echo>(cluster.Address), settings, new Extractor(), sharding.DefaultShardAllocationStrategy(settings),
            PoisonPill.Instance);
    }

    /// <summary>Asks an entity where it lives.</summary>
    public static Task<string> AskAsync(IActorRef region, string entity) => region.Ask<string>(entity, s_bound);

    private sealed class Extractor() : HashCodeMessageExtractor(maxNumberOfShards: 256)
    {
        public override string? EntityId(object message) => message as string;
    }

    private sealed class Echo(string address) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(address);
    }
}
