using Akka.Cluster.Sharding;
using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Nodes;

/// <summary>Finds the entity of a message, and its shard.</summary>
internal sealed class EntityExtractor() : HashCodeMessageExtractor(Shards)
{
    /// <summary>The same in all nodes of a cluster, for good.</summary>
    public const int Shards = 256;

    public override string? EntityId(object message) => (message as EntityEnvelope)?.Entity;

    public override object EntityMessage(object message) => ((EntityEnvelope)message).Message;
}
