using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Multiproc.Nodes;
using Multiproc.Peers;

namespace Multiproc.Actors.Remote;

/// <summary>
/// The remoting of references to <c>akka.mp</c> addresses: one <see cref="Association"/> for each process. It stands above Akka's own endpoints, where a local
/// link needs none of what they do: a link is ordered and loses nothing while the other process lives, and its end is the death of that process.
/// </summary>
internal sealed class LinkRemoting : RemoteTransport, IActorInbound
{
    private readonly ConcurrentDictionary<Guid, Association> _associations = new();

    public LinkRemoting(ExtendedActorSystem system, RemoteActorRefProvider provider, Node node)
        : base(system, provider)
    {
        Node = node;
        DefaultAddress = ProcessAddress.Of(node.Identity);
        Addresses = ImmutableHashSet.Create(DefaultAddress);
        Log = Logging.GetLogger(system, "multiproc-remoting");
        Payloads = new PayloadCodec(system);
        Resolver = new ActorResolver(provider, this);
    }

    public override ISet<Address> Addresses { get; }

    public override Address DefaultAddress { get; }

    /// <summary>What this process owns, and the processes that it is linked with.</summary>
    public Node Node { get; }

    public PayloadCodec Payloads { get; }

    public ActorResolver Resolver { get; }

    /// <summary>Takes the frames of Akka's own transport over links, if that listens.</summary>
    public ILinkUnits? Units { get; init; }

    /// <summary>Finds the association with the process of an address.</summary>
    /// <exception cref="ArgumentException">The address is not that of a process.</exception>
    public Association To(Address address)
    {
        if (!ProcessAddress.TryRead(address, out var id, out int pid))
        {
            throw new ArgumentException(
                $"{address} is not the address of a process, whose host is a process id, a dot and 32 hexadecimal digits. Take it from a reference or from the "
                + "process itself.");
        }

        var association = Of(id, pid);
        association.Know(address);
        return association;
    }

    public override void Send(object message, IActorRef? sender, RemoteActorRef recipient) =>
        ((LinkActorRef)recipient).Association.Send(message, sender, (LinkActorRef)recipient);

    public void OnMessage(Peer peer, byte[] message) => Of(peer.Address!.Id, peer.Address.Pid).OnMessage(peer, message);

    public void OnClosed(Peer peer)
    {
        if (peer.Address is { } address && _associations.TryGetValue(address.Id, out var association))
        {
            association.OnClosed(peer);
        }
    }

    /// <summary>Tells all watchers of actors of a process that it has ended.</summary>
    public void TellDeath(Address address) => Provider.RemoteWatcher.Tell(new LinkEnded(address), ActorRefs.NoSender);

    public override void Start()
    {
        // Akka's own remoting, beside which this one stands, is what the provider starts.
    }

    public override Task Shutdown() => Task.CompletedTask;

    public override Task<bool> ManagementCommand(object cmd) => Task.FromResult(false);

    public override Task<bool> ManagementCommand(object cmd, CancellationToken cancellationToken) => Task.FromResult(false);

    public override Address LocalAddressForRemote(Address remote) => DefaultAddress;

    public override void Quarantine(Address address, int? uid)
    {
        // An address names one incarnation of a process: there is nothing to keep out.
    }

    /// <summary>The process that has ordered an actor to be made here, by the actor's path; null where none has.</summary>
    public Association? DeployerOf(ActorPath path) =>
        path.Elements is ["remote", ProcessAddress.Protocol, var system, ..]
            && ActorPath.TryParseAddress($"{ProcessAddress.Protocol}://{system}", out var address)
            && ProcessAddress.TryRead(address, out var id, out int pid) && id != Node.Id
            ? Of(id, pid)
            : null;

    /// <summary>The address of the process that an actor lives in.</summary>
    public NodeAddress NodeOf(IActorRef actor) => actor is LinkActorRef remote ? Node.AsReached(remote.Association.Node) : Node.Address;

    /// <summary>Notes where a process listens, which is in the references that travel as values.</summary>
    public void Learn(NodeAddress node) =>
        _associations.GetOrAdd(node.Id, static (_, to) => new Association(to.Remoting, to.Node), (Remoting: this, Node: node));

    private Association Of(Guid id, int pid) => _associations.TryGetValue(id, out var known)
        ? known
        : _associations.GetOrAdd(id, static (id, to) => new Association(to.Remoting, to.Remoting.Node.AddressOf(id, to.Pid)), (Remoting: this, Pid: pid));
}
