using Multiproc.Nodes;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Peers;

/// <summary>The door of a node: the listener for processes that come by themselves, and the way to other nodes' doors.</summary>
internal sealed class Connector(Node node)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Lock> _connecting = [];
    private readonly Routes _ways = new(node);
    private UnixListener? _listener;
    private TcpLinkListener? _door;

    /// <summary>Opens the listener on first use: most children never need one.</summary>
    public string Endpoint
    {
        get
        {
            lock (_gate)
            {
                _listener ??= new UnixListener(Accept, OwnKey, node.Connections, otherKey: ProgramKey);
                return _listener.Address;
            }
        }
    }

    /// <summary>Where other machines find us; null when they do not.</summary>
    public RemoteEndpoint? Listener { get; private set; }

    public Peer Connect(NodeAddress address)
    {
        if (address.Endpoint.Length == 0)
        {
            throw new ConnectionLostException($"The connection to {address} is lost and it has no listener: the object's node is gone.");
        }

        // One connection per node, however many threads ask at once.
        Lock gate;
        lock (_gate)
        {
            if (!_connecting.TryGetValue(address.Id, out gate!))
            {
                _connecting.Add(address.Id, gate = new Lock());
            }
        }

        lock (gate)
        {
            return node.Peers.Known(address) ?? _ways.Again(address, () => Open(address));
        }
    }

    public RemoteEndpoint ListenAt(string host, int port, ReadOnlyMemory<byte> key, TlsOptions tls)
    {
        var security = new LinkSecurity(tls, key.Span);
        lock (_gate)
        {
            if (_door is not null)
            {
                throw new InvalidOperationException($"This process listens at port {_door.Port} already: it cannot listen at {host}:{port}.");
            }

            _door = new TcpLinkListener(host, port, key, security, node.Connections, (link, session) => node.Peers.Join(link, session).TryStart());
            return Listener = new RemoteEndpoint(security.Mode, host, _door.Port);
        }
    }

    public void CloseListener()
    {
        lock (_gate)
        {
            _door?.Dispose();
        }
    }

    public NodeAddress AsReached(NodeAddress address) => _ways.AsReached(address);

    public void ListenAt(string path)
    {
        lock (_gate)
        {
            if (_listener is not null)
            {
                throw new InvalidOperationException($"This process listens at {_listener.Address} already: it cannot listen at {path}.");
            }

            _listener = new UnixListener(Accept, OwnKey, node.Connections, path, ProgramKey);
        }
    }

    /// <summary>The key stays with the endpoint, for proxies that come from there later.</summary>
    public Peer Connect(string endpoint, ReadOnlyMemory<byte> key, TlsOptions tls)
    {
        var way = new Route(endpoint, key.ToArray(), tls);
        if (_ways.NodeAt(way) is { } known && node.Peers.Known(known) is { } peer)
        {
            return peer;
        }

        peer = Greet(way.Connect(node.Connections));
        if (node.Peers.Known(peer.Address!) is { } other && other != peer)
        {
            // This process has another way to that node, and must stay one process to it.
            peer.Close();
            return other;
        }

        _ways.Learn(way, peer.Address!);
        node.Held.TellAgain(peer.Address!.Id);
        return peer;
    }

    private Peer Open(NodeAddress address)
    {
        var way = _ways.To(address);
        Peer peer;
        try
        {
            peer = Greet(Connect(ref way));
        }
        catch (ConnectionLostException cause)
        {
            throw new ConnectionLostException($"Cannot reach {address}: {cause.Message}", cause);
        }

        if (peer.Address?.Id != address.Id)
        {
            peer.Close();
            throw new ConnectionLostException($"At {address.Endpoint} answers {peer}, not the node that was meant ({address}): that process is gone.") { IsFinal = true };
        }

        _ways.Learn(way, peer.Address);
        node.Held.TellAgain(address.Id);
        return peer;
    }

    /// <summary>
    /// A node of this program whose process, or this one, has a key of its own is known by the program's. That is asked second: of few nodes the first is
    /// not the right one.
    /// </summary>
    private ILink Connect(ref Route way)
    {
        try
        {
            return way.Connect(node.Connections);
        }
        catch (AuthenticationException) when (RemoteEndpoint.TryParse(way.Endpoint) is null && !way.Key.Span.SequenceEqual(ProgramKey().Span))
        {
            way = new Route(way.Endpoint, ProgramKey(), way.Tls);
            return way.Connect(node.Connections);
        }
    }

    private static ReadOnlyMemory<byte> OwnKey() => ProcessKey.Current.Bytes;

    private static ReadOnlyMemory<byte> ProgramKey() => ProcessKey.Current.Program;

    private Peer Greet(ILink link)
    {
        var peer = node.Peers.Join(link);
        peer.Start();
        peer.AwaitHello(node.Connections.ConnectTimeout);
        return peer;
    }

    /// <summary>Who comes may be gone again before it was greeted: then it is forgotten as everybody who ends.</summary>
    private void Accept(ILink link) => node.Peers.Join(link).TryStart();
}
