using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.States;
using Multiproc.Transport.Tcp;

namespace Multiproc.Nodes;

/// <content>The processes that can reach this one, and those that it reaches.</content>
internal sealed partial class Node
{
    private HeldObjects? _held;
    private Connector? _connector;
    private Action<byte[]>? _keepsReferences;
    private NamedObjects? _names;

    public NodePeers Peers { get; private set; } = null!;

    /// <summary>The counted objects of other nodes that this process keeps alive.</summary>
    public HeldObjects Held => _held ?? Interlocked.CompareExchange(ref _held, new HeldObjects(this), null) ?? _held;

    /// <summary>The objects that are known by names: those of clusters.</summary>
    public NamedObjects Names => _names ?? Interlocked.CompareExchange(ref _names, new NamedObjects(this), null) ?? _names;

    /// <summary>The process that started this one; null in the program itself.</summary>
    public Peer? Parent { get; set; }

    /// <summary>Keeps alive what values refer to, for as long as their bytes are here.</summary>
    private Action<byte[]> KeepsReferences => _keepsReferences ??= bytes => Held.Attach(bytes);

    public CallSites CallSites { get; } = new();

    public ProcessNumbers ProcessNumbers { get; } = new();

    public LockWaits LockWaits { get; } = new();

    private Connector Connector => _connector ?? Interlocked.CompareExchange(ref _connector, new Connector(this), null) ?? _connector;

    /// <summary>Whether processes that have no link to this node may reach it. All can, but for nodes of tests.</summary>
    public bool HasListener { get; init; } = true;

    /// <summary>The address of this node, for unauthenticated peers too: opens the listener on first use.</summary>
    public NodeAddress Address => HasListener ? new(_id, Environment.ProcessId, Connector.Endpoint, Name) : Identity;

    /// <summary>The endpoint for other machines if this node listens for them; otherwise the one for unauthenticated peers of this machine.</summary>
    public string PublicEndpoint => Connector.Listener?.ToString() ?? Connector.Endpoint;

    /// <summary>Whether a process is connected or may come back, or is this one.</summary>
    public bool Knows(int process) => process == Caller.LocalProcess || Peers.Expects(process);

    /// <summary>Opens the listener at a path of the user's choice.</summary>
    public void ListenAt(string path) => Connector.ListenAt(path);

    /// <summary>Opens a listener for other machines.</summary>
    /// <returns>The endpoint that it listens at.</returns>
    /// <exception cref="IOException">The address cannot be used for listening.</exception>
    public RemoteEndpoint ListenAt(string host, int port, ReadOnlyMemory<byte> key, TlsOptions tls) => Connector.ListenAt(host, port, key, tls);

    /// <summary>Connects to the node at a path, or at an endpoint of another machine, whatever its identity.</summary>
    /// <exception cref="ConnectionLostException">No process listens there.</exception>
    /// <exception cref="AuthenticationException">The node has a different key.</exception>
    public Peer Reach(string endpoint, ReadOnlyMemory<byte> key, TlsOptions tls) => Connector.Connect(endpoint, key, tls);

    /// <summary>Replaces the endpoint of a node on another machine by the one where this process reached it, whatever the node calls itself.</summary>
    public NodeAddress AsReached(NodeAddress address) => Connector.AsReached(address);

    /// <summary>Closes all sessions with other machines cleanly, so that peers do not wait for a reconnect.</summary>
    public void Leave()
    {
        Connector.CloseListener();
        Peers.Leave();
    }

    /// <summary>Finds the peer at an address: the connected one, or a new connection.</summary>
    /// <exception cref="ConnectionLostException">No process listens there.</exception>
    /// <exception cref="AuthenticationException">The node has a different key.</exception>
    public Peer Reach(NodeAddress address) => Peers.Known(address) ?? Connector.Connect(address);

    /// <summary>Returns the process id behind a process number; 0 when it is not known, or no longer.</summary>
    public int PidOf(int process) => process == Caller.LocalProcess
        ? Environment.ProcessId
        : Peers.Find(process)?.Address?.Pid ?? Peers.Guests?.PidOf(process) ?? 0;

    /// <summary>The address of a process whose id is known, but not where it listens: on this machine that follows from the id.</summary>
    public NodeAddress AddressOf(Guid id, int pid) => Connector.AsReached(new NodeAddress(id, pid, RuntimeFolder.SocketOf(pid, id)));

    /// <summary>Binds the services of this node for a process that joins. Those that tell about this process are not for clients from other machines.</summary>
    public void Serve(Peer peer)
    {
        if (peer.Session is null)
        {
            CallSites.Serve(peer);
            ProcessNumbers.Serve(this, peer);
            LockWaits.Serve(this, peer);
        }

        ServeActors(peer);
    }

    /// <summary>Binds the service of a layer above this one.</summary>
    partial void ServeActors(Peer peer);

    private static Node MakeCurrent()
    {
        var node = new Node();
        Serializer.ReferencesPacked = node.KeepsReferences;
        return node;
    }

    private void BeginPeers() => Peers = new NodePeers(this, TellAll);
}
