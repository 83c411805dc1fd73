using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport.Tcp;

namespace Multiproc.Nodes;

/// <content>The processes that can reach this one, and those that it reaches.</content>
internal sealed partial class Node
{
    private HeldObjects? _held;
    private Connector? _connector;

    public NodePeers Peers { get; private set; } = null!;

    /// <summary>What this process keeps alive in nodes that count.</summary>
    public HeldObjects Held => _held ?? Interlocked.CompareExchange(ref _held, new HeldObjects(this), null) ?? _held;

    public CallSites CallSites { get; } = new();

    public ProcessNumbers ProcessNumbers { get; } = new();

    private Connector Connector => _connector ?? Interlocked.CompareExchange(ref _connector, new Connector(this), null) ?? _connector;

    /// <summary>Who we are and where unauthenticated peers find us: opens the listener on first use.</summary>
    public NodeAddress Address => new(_id, Environment.ProcessId, Connector.Endpoint, Name);

    /// <summary>Where other machines find us, if they do; else where unauthenticated peers of this machine do.</summary>
    public string PublicEndpoint => Connector.Listener?.ToString() ?? Connector.Endpoint;

    /// <summary>Whether a process is still there or may come back, or this one is meant.</summary>
    public bool Knows(int process) => process == Caller.LocalProcess || Peers.Expects(process);

    /// <summary>Opens the listener at a path of the user's choice.</summary>
    public void ListenAt(string path) => Connector.ListenAt(path);

    /// <summary>Opens a door for other machines.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="IOException">The address cannot be listened at.</exception>
    public RemoteEndpoint ListenAt(string host, int port, ReadOnlyMemory<byte> key, TlsOptions tls) => Connector.ListenAt(host, port, key, tls);

    /// <summary>The node at a path or an endpoint of another machine, whoever it is.</summary>
    /// <exception cref="ConnectionLostException">Nobody is there.</exception>
    /// <exception cref="AuthenticationException">Its key is not the given one.</exception>
    public Peer Reach(string endpoint, ReadOnlyMemory<byte> key, TlsOptions tls) => Connector.Connect(endpoint, key, tls);

    /// <summary>A node of another machine is found where this process found it, whatever it calls itself.</summary>
    public NodeAddress AsReached(NodeAddress address) => Connector.AsReached(address);

    /// <summary>Says goodbye to all processes of other machines, which else would wait for this one to come back.</summary>
    public void Leave()
    {
        Connector.CloseListener();
        Peers.Leave();
    }

    /// <summary>The peer at an address: the one we know, or a new connection.</summary>
    /// <exception cref="ConnectionLostException">Nobody is there.</exception>
    /// <exception cref="AuthenticationException">Its key is not ours.</exception>
    public Peer Reach(NodeAddress address) => Peers.Known(address) ?? Connector.Connect(address);

    /// <summary>The system's number of a process; 0 when it is not known (any more).</summary>
    public int PidOf(int process) => process == Caller.LocalProcess ? Environment.ProcessId : Peers.Find(process)?.Address?.Pid ?? 0;

    private void BeginPeers()
    {
        Peers = new NodePeers(this, TellAll);
        Serializer.ReferencesPacked = bytes => Held.Attach(bytes);
    }
}
