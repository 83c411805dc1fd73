using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport.Tcp;

namespace Multiproc.Nodes;

/// <content>The processes that can reach this one, and those that it reaches.</content>
internal sealed partial class Home
{
    private HeldObjects? _held;
    private Front? _front;

    public HomePeers Peers { get; private set; } = null!;

    /// <summary>What this process keeps alive in homes that count.</summary>
    public HeldObjects Held => _held ?? Interlocked.CompareExchange(ref _held, new HeldObjects(this), null) ?? _held;

    public CallSites CallSites { get; } = new();

    public ProcessNumbers ProcessNumbers { get; } = new();

    private Front Front => _front ?? Interlocked.CompareExchange(ref _front, new Front(this), null) ?? _front;

    /// <summary>Who we are and where strangers find us: opens the listener on first use.</summary>
    public HomeAddress Address => new(_id, Environment.ProcessId, Front.Endpoint, Name);

    /// <summary>Where other machines find us, if they do; else where strangers of this machine do.</summary>
    public string PublicEndpoint => Front.Door?.ToString() ?? Front.Endpoint;

    /// <summary>Whether a process is still there or may come back, or this one is meant.</summary>
    public bool Knows(int process) => process == Caller.HomeProcess || Peers.Expects(process);

    /// <summary>Opens the listener at a path of the user's choice.</summary>
    public void ListenAt(string path) => Front.ListenAt(path);

    /// <summary>Opens a door for other machines.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="IOException">The address cannot be listened at.</exception>
    public RemoteEndpoint ListenAt(string host, int port, ReadOnlyMemory<byte> key, TlsOptions tls) => Front.ListenAt(host, port, key, tls);

    /// <summary>The home at a path or an endpoint of another machine, whoever it is.</summary>
    /// <exception cref="ConnectionLostException">Nobody is there.</exception>
    /// <exception cref="AuthenticationException">Its key is not the given one.</exception>
    public Peer Reach(string endpoint, ReadOnlyMemory<byte> key, TlsOptions tls) => Front.Connect(endpoint, key, tls);

    /// <summary>A home of another machine is found where this process found it, whatever it calls itself.</summary>
    public HomeAddress AsReached(HomeAddress address) => Front.AsReached(address);

    /// <summary>Says goodbye to all processes of other machines, which else would wait for this one to come back.</summary>
    public void Leave()
    {
        Front.CloseDoor();
        Peers.Leave();
    }

    /// <summary>The peer at an address: the one we know, or a new connection.</summary>
    /// <exception cref="ConnectionLostException">Nobody is there.</exception>
    /// <exception cref="AuthenticationException">Its key is not ours.</exception>
    public Peer Reach(HomeAddress address) => Peers.Known(address) ?? Front.Connect(address);

    /// <summary>The system's number of a process; 0 when it is not known (any more).</summary>
    public int PidOf(int process) => process == Caller.HomeProcess ? Environment.ProcessId : Peers.Find(process)?.Address?.Pid ?? 0;

    private void BeginPeers()
    {
        Peers = new HomePeers(this, TellAll);
        Serializer.ReferencesPacked = bytes => Held.Attach(bytes);
    }
}
