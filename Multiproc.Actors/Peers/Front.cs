using Multiproc.Nodes;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Peers;

/// <summary>The door of a home: the listener for processes that come by themselves, and the way to other homes' doors.</summary>
internal sealed class Front(Home home)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Lock> _connecting = [];
    private readonly Ways _ways = new(home);
    private UnixListener? _listener;
    private TcpDoor? _door;

    /// <summary>Opens the listener on first use: most children never need one.</summary>
    public string Endpoint
    {
        get
        {
            lock (_gate)
            {
                _listener ??= new UnixListener(Accept, OwnKey, home.Connections, otherKey: ProgramKey);
                return _listener.Address;
            }
        }
    }

    /// <summary>Where other machines find us; null when they do not.</summary>
    public RemoteEndpoint? Door { get; private set; }

    public Peer Connect(HomeAddress address)
    {
        if (address.Endpoint.Length == 0)
        {
            throw new ConnectionLostException($"The connection to {address} is lost and it has no listener: the object's home is gone.");
        }

        // One connection per home, however many threads ask at once.
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
            return home.Peers.Known(address) ?? _ways.Again(address, () => Open(address));
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

            _door = new TcpDoor(host, port, key, security, home.Connections, (link, session) => home.Peers.Join(link, session).TryStart());
            return Door = new RemoteEndpoint(security.Mode, host, _door.Port);
        }
    }

    public void CloseDoor()
    {
        lock (_gate)
        {
            _door?.Dispose();
        }
    }

    public HomeAddress AsReached(HomeAddress address) => _ways.AsReached(address);

    public void ListenAt(string path)
    {
        lock (_gate)
        {
            if (_listener is not null)
            {
                throw new InvalidOperationException($"This process listens at {_listener.Address} already: it cannot listen at {path}.");
            }

            _listener = new UnixListener(Accept, OwnKey, home.Connections, path, ProgramKey);
        }
    }

    /// <summary>The key stays with the endpoint, for proxies that come from there later.</summary>
    public Peer Connect(string endpoint, ReadOnlyMemory<byte> key, TlsOptions tls)
    {
        var way = new Way(endpoint, key.ToArray(), tls);
        if (_ways.HomeAt(way) is { } known && home.Peers.Known(known) is { } peer)
        {
            return peer;
        }

        peer = Greet(way.Connect(home.Connections));
        if (home.Peers.Known(peer.Address!) is { } other && other != peer)
        {
            // This process has another way to that home, and must stay one process to it.
            peer.Close();
            return other;
        }

        _ways.Learn(way, peer.Address!);
        home.Held.TellAgain(peer.Address!.Id);
        return peer;
    }

    private Peer Open(HomeAddress address)
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
            throw new ConnectionLostException($"At {address.Endpoint} answers {peer}, not the home that was meant ({address}): that process is gone.") { IsFinal = true };
        }

        _ways.Learn(way, peer.Address);
        home.Held.TellAgain(address.Id);
        return peer;
    }

    /// <summary>A home of this program whose process, or this one, has a key of its own is known by the program's. That is asked second: of few homes the first is not the right one.</summary>
    private ILink Connect(ref Way way)
    {
        try
        {
            return way.Connect(home.Connections);
        }
        catch (AuthenticationException) when (RemoteEndpoint.TryParse(way.Endpoint) is null && !way.Key.Span.SequenceEqual(ProgramKey().Span))
        {
            way = new Way(way.Endpoint, ProgramKey(), way.Tls);
            return way.Connect(home.Connections);
        }
    }

    private static ReadOnlyMemory<byte> OwnKey() => ProcessKey.Current.Bytes;

    private static ReadOnlyMemory<byte> ProgramKey() => ProcessKey.Current.Program;

    private Peer Greet(ILink link)
    {
        var peer = home.Peers.Join(link);
        peer.Start();
        peer.AwaitHello(home.Connections.ConnectTimeout);
        return peer;
    }

    /// <summary>Who comes may be gone again before it was greeted: then it is forgotten as everybody who ends.</summary>
    private void Accept(ILink link) => home.Peers.Join(link).TryStart();
}
