using Multiproc.Nodes;
using Multiproc.SharedMemory;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Peers;

/// <summary>Connects a node with others: holds the listeners for processes that connect by themselves, and connects to the listeners of other nodes.</summary>
internal sealed class Connector(Node node)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Lock> _connecting = [];
    private readonly Routes _routes = new(node);
    private UnixListener? _listener;
    private TcpLinkListener? _remoteListener;

    /// <summary>The listener, opened on first use: most children never need one.</summary>
    public string Endpoint
    {
        get
        {
            lock (_gate)
            {
                _listener ??= new UnixListener(Accept, OwnKey, node.Connections, RuntimeFolder.SocketOf(Environment.ProcessId, node.Id), ProgramKey);
                return _listener.Address;
            }
        }
    }

    /// <summary>The endpoint for other machines; null when this node does not listen for them.</summary>
    public RemoteEndpoint? Listener { get; private set; }

    public Peer Connect(NodeAddress address)
    {
        if (address.Endpoint.Length == 0)
        {
            throw new ConnectionLostException(
                $"The connection to {address} is lost, and it has no listener to reconnect to: its objects cannot be reached any more.");
        }

        // One connection for each node, however many threads ask at once.
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
            return node.Peers.Known(address) ?? _routes.Again(address, () => Open(address));
        }
    }

    public RemoteEndpoint ListenAt(string host, int port, ReadOnlyMemory<byte> key, TlsOptions tls)
    {
        var security = new LinkSecurity(tls, key.Span);
        lock (_gate)
        {
            if (_remoteListener is not null)
            {
                throw new InvalidOperationException($"This process already listens at port {_remoteListener.Port}: it cannot also listen at {host}:{port}.");
            }

            _remoteListener = new TcpLinkListener(host, port, key, security, node.Connections, (link, session) => node.Peers.Join(link, session).TryStart());
            return Listener = new RemoteEndpoint(security.Mode, host, _remoteListener.Port);
        }
    }

    public void CloseListener()
    {
        lock (_gate)
        {
            _remoteListener?.Dispose();
        }
    }

    public NodeAddress AsReached(NodeAddress address) => _routes.AsReached(address);

    public void ListenAt(string path)
    {
        lock (_gate)
        {
            if (_listener is not null)
            {
                throw new InvalidOperationException($"This process already listens at {_listener.Address}: it cannot also listen at {path}.");
            }

            _listener = new UnixListener(Accept, OwnKey, node.Connections, path, ProgramKey);
        }
    }

    /// <summary>Connects to an endpoint and remembers its key, for proxies that come from there later.</summary>
    public Peer Connect(string endpoint, ReadOnlyMemory<byte> key, TlsOptions tls)
    {
        var route = new Route(endpoint, key.ToArray(), tls);
        if (_routes.NodeAt(route) is { } known && node.Peers.Known(known) is { } peer)
        {
            return peer;
        }

        peer = Greet(route.Connect(node.Connections));
        if (node.Peers.Known(peer.Address!) is { } other && other != peer)
        {
            // This process has another route to that node, and must remain a single process to it.
            peer.Close();
            return other;
        }

        _routes.Learn(route, peer.Address!);
        node.Held.TellAgain(peer.Address!.Id);
        return peer;
    }

    private Peer Open(NodeAddress address)
    {
        var route = _routes.To(address);
        Peer peer;
        try
        {
            peer = Greet(Connect(ref route));
        }
        catch (ConnectionLostException cause)
        {
            throw new ConnectionLostException($"Cannot reach {address}: {cause.Message}", cause);
        }

        if (peer.Address?.Id != address.Id)
        {
            peer.Close();
            throw new ConnectionLostException($"{address.Endpoint} is now used by {peer}, not by {address}: that process is gone.") { IsFinal = true };
        }

        _routes.Learn(route, peer.Address);
        node.Held.TellAgain(address.Id);
        return peer;
    }

    /// <summary>
    /// Connects with the process's own key first, then with the program's: if this process or the other has a key of its own, a node of the same program
    /// accepts the program's key. That is tried second, because the first is right for almost all nodes.
    /// </summary>
    private ILink Connect(ref Route route)
    {
        try
        {
            return route.Connect(node.Connections);
        }
        catch (AuthenticationException) when (RemoteEndpoint.TryParse(route.Endpoint) is null && !route.Key.Span.SequenceEqual(ProgramKey().Span))
        {
            route = new Route(route.Endpoint, ProgramKey(), route.Tls);
            return route.Connect(node.Connections);
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

    /// <summary>Greets a process that has connected. It may be gone before that: then it is removed like any process that ends.</summary>
    private void Accept(ILink link) => node.Peers.Join(link).TryStart();
}
