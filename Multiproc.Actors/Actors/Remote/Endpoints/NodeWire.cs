using Akka.Actor;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Actors.Remote;

/// <summary>The links of this process's node, as what Akka's own transport sends by.</summary>
internal sealed class NodeWire(ActorSystem system) : ILinkWire
{
    private readonly Node _node = Node.Current;

    public Address Address { get; } = ProcessAddress.Of(Node.Current.Identity).WithProtocol(ProcessAddress.Scheme);

    public Address AddressOf(Peer peer) => ProcessAddress.Of(peer.Address!).WithProtocol(ProcessAddress.Scheme);

    /// <summary>The transport listens before the provider has its remoting, which takes it over.</summary>
    public void Listen(ILinkUnits units) => ((ILinkProvider)((ExtendedActorSystem)system).Provider).Units = units;

    public bool TrySend(Address to, Action<WireWriter> content)
    {
        if (!ProcessAddress.TryRead(to, out var id, out int pid))
        {
            return false;
        }

        try
        {
            var peer = _node.Reach(_node.AddressOf(id, pid));
            using var writer = new WireWriter();
            Peer.BeginService(writer, Service.Actors);
            content(writer);
            using (Reactor.EnterHandler())
            {
                peer.Send(writer);
            }

            return true;
        }
        catch (Exception gone) when (gone is MultiprocException or MultiprocTimeoutException)
        {
            return false;
        }
    }

    public void Close()
    {
        // The links serve objects, too, and stay.
    }
}
