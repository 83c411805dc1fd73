using Akka.Actor;
using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Gateways;

/// <summary>Brings the entities' messages to the stand-ins of this node.</summary>
internal sealed class GatewayActor(Gateway gateway) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is ToGateway answer)
        {
            gateway.Receive(answer, Sender.Path.Address);
        }
        else
        {
            Unhandled(message);
        }
    }
}
