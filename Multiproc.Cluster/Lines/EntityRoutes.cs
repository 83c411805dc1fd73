using Akka.Actor;
using Multiproc.Cluster.Gateways;
using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Lines;

/// <summary>
/// Chooses the way of a message to an entity. Straight to it, if it is loaded in this node; over a line, to the node where it was heard last; else through the
/// sharding, which finds it, or has it loaded. A message that comes to the wrong place is sent back or lost, and then sent again.
/// </summary>
internal sealed class EntityRoutes
{
    private readonly ClusterView _view;
    private readonly IActorRef _region;
    private readonly string _address;
    private AnswerRef? _near;
    private IActorRef _far = ActorRefs.Nobody;

    /// <param name="view">What is loaded here.</param>
    /// <param name="region">The sharding.</param>
    /// <param name="address">Where this node is reached.</param>
    public EntityRoutes(ClusterView view, IActorRef region, string address) => (_view, _region, _address) = (view, region, address);

    /// <summary>Begins: before anything is sent.</summary>
    /// <param name="system">The actor system of this node.</param>
    /// <param name="port">Its port.</param>
    /// <param name="gateway">Takes the answers.</param>
    public void Begin(ActorSystem system, NodePort port, Gateway gateway)
    {
        _near = new AnswerRef((ExtendedActorSystem)system, answer => gateway.Receive(answer, _address));
        _far = system.ActorOf(Props.Create(() => new GatewayActor(gateway, _address)), "gateway");
        Lines = new EntityLines(system, port, _view, gateway.Receive, SendThroughSharding);
        var lines = Lines;
        system.ActorOf(Props.Create(() => new LinesActor(lines)), "lines");
    }

    public EntityLines? Lines { get; private set; }

    /// <param name="envelope">The message.</param>
    /// <param name="node">The node where its entity was heard last, as "host:port"; null if it was not yet.</param>
    public void Send(EntityEnvelope envelope, string? node)
    {
        if (_view.Entities.TryGetValue(envelope.Entity, out var entity))
        {
            entity.Tell(envelope.Message, _near);
        }
        else if (node is null || Lines is not { } lines || !lines.TrySend(node, envelope))
        {
            SendThroughSharding(envelope);
        }
    }

    private void SendThroughSharding(EntityEnvelope envelope) => _region.Tell(envelope, _far);
}
