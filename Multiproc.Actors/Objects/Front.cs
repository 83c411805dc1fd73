using Multiproc.Objects.Peers;
using Multiproc.Transport;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Objects;

/// <summary>The door of a home: the listener for processes that come by themselves, and the way to other homes' doors.</summary>
internal sealed class Front(Home home)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Lock> _connecting = [];
    private readonly Dictionary<string, byte[]> _keys = [];
    private UnixListener? _listener;

    /// <summary>Opens the listener on first use: most children never need one.</summary>
    public string Endpoint
    {
        get
        {
            lock (_gate)
            {
                _listener ??= new UnixListener(Accept, () => ProcessKey.Current.Bytes, home.Connections);
                return _listener.Address;
            }
        }
    }

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
            if (home.Known(address) is { } known)
            {
                return known;
            }

            var peer = home.Join(LinkTo(address));
            peer.Start();
            peer.AwaitHello(home.Connections.ConnectTimeout);
            if (peer.Address?.Id != address.Id)
            {
                peer.Close();
                throw new ConnectionLostException($"At {address.Endpoint} answers {peer}, not the home that was meant ({address}): that process is gone.");
            }

            home.Held.TellAgain(address.Id);
            return peer;
        }
    }

    public void ListenAt(string path)
    {
        lock (_gate)
        {
            if (_listener is not null)
            {
                throw new InvalidOperationException($"This process listens at {_listener.Address} already: it cannot listen at {path}.");
            }

            _listener = new UnixListener(Accept, () => ProcessKey.Current.Bytes, home.Connections, path);
        }
    }

    /// <summary>The key stays with the path, for proxies that come from there later.</summary>
    public Peer Connect(string path, ReadOnlyMemory<byte> key)
    {
        var link = UnixSocketConnector.Connect(path, key.Span, home.Connections.ConnectTimeout);
        lock (_gate)
        {
            _keys[path] = key.ToArray();
        }

        var peer = home.Join(link);
        peer.Start();
        peer.AwaitHello(home.Connections.ConnectTimeout);
        home.Held.TellAgain(peer.Address!.Id);
        return peer;
    }

    private ReadOnlyMemory<byte> KeyFor(string endpoint)
    {
        lock (_gate)
        {
            return _keys.TryGetValue(endpoint, out var key) ? key : ProcessKey.Current.Bytes;
        }
    }

    private ILink LinkTo(HomeAddress address)
    {
        try
        {
            return UnixSocketConnector.Connect(address.Endpoint, KeyFor(address.Endpoint).Span, home.Connections.ConnectTimeout);
        }
        catch (ConnectionLostException cause)
        {
            throw new ConnectionLostException($"Cannot reach {address}: {cause.Message}", cause);
        }
    }

    private void Accept(ILink link) => home.Join(link).Start();
}
