using Akka.Actor;
using Multiproc.Cluster.Gateways;
using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Lines;

/// <summary>Brings the entities' messages that came through Akka to the stand-ins of this node.</summary>
/// <param name="gateway">The stand-ins.</param>
/// <param name="address">Where this node is reached.</param>
internal sealed class GatewayActor(Gateway gateway, string address) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is ToGateway answer)
        {
            var owner = Sender.Path.Address;
            gateway.Receive(answer, owner.HasGlobalScope ? ClusterView.HostAndPort(owner) : address);
        }
        else
        {
            Unhandled(message);
        }
    }
}
