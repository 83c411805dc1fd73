using Multiproc.Nodes;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Peers;

/// <summary>How a node was reached: its endpoint, key and security; and, on another machine, the session id of this process there.</summary>
internal sealed record Route(string Endpoint, ReadOnlyMemory<byte> Key, TlsOptions Tls)
{
    private readonly Guid _session = Guid.NewGuid();

    /// <summary>Whether another route has the same endpoint, key and security.</summary>
    public bool IsLike(Route other) => Endpoint == other.Endpoint && Key.Span.SequenceEqual(other.Key.Span) && Tls == other.Tls;

    /// <exception cref="ConnectionLostException">No process listens there.</exception>
    /// <exception cref="AuthenticationException">The node has a different key.</exception>
    /// <exception cref="MultiprocTimeoutException">The node did not reply in time.</exception>
    public ILink Connect(ConnectionOptions options) => RemoteEndpoint.TryParse(Endpoint) is { } remote
        ? TcpConnector.Connect(remote, _session, Key.Span, new LinkSecurity(Tls, Key.Span), options)
        : UnixSocketConnector.Connect(Endpoint, Key.Span, options.ConnectTimeout);
}

/// <summary>The routes by which this process has reached other nodes, so that it finds them again.</summary>
internal sealed class Routes(Node node)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, KnownNode> _known = [];
    private volatile bool _anyRemote;

    public void Learn(Route route, NodeAddress address)
    {
        lock (_gate)
        {
            _known[address.Id] = new KnownNode(route, address with { Endpoint = route.Endpoint });
            if (_anyRemote || RemoteEndpoint.TryParse(route.Endpoint) is null)
            {
                return;
            }

            // A close notify is sent: otherwise the other machine would wait for a reconnect.
            _anyRemote = true;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => node.Leave();
        }
    }

    /// <summary>Finds the node that was reached by a route.</summary>
    public NodeAddress? NodeAt(Route route)
    {
        lock (_gate)
        {
            return _known.Values.FirstOrDefault(known => known.Route.IsLike(route))?.Node;
        }
    }

    /// <summary>Gives a node of another machine the endpoint where this process reached it: the node itself cannot know it.</summary>
    public NodeAddress AsReached(NodeAddress address)
    {
        if (!_anyRemote)
        {
            return address;
        }

        lock (_gate)
        {
            return _known.TryGetValue(address.Id, out var known) && RemoteEndpoint.TryParse(known.Route.Endpoint) is not null
                ? address with { Endpoint = known.Route.Endpoint }
                : address;
        }
    }

    /// <summary>The route that was used before; otherwise one with the node's own key, or with this process's.</summary>
    public Route To(NodeAddress address)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(address.Id, out var known) && known.Route.Endpoint == address.Endpoint)
            {
                return known.Route;
            }

            var alike = _known.Values.FirstOrDefault(each => each.Route.Endpoint == address.Endpoint)?.Route;
            if (alike is null && known is null && node.Keys.Of(address.Id) is { } key)
            {
                return new Route(address.Endpoint, key.Key, RemoteEndpoint.TryParse(address.Endpoint) is null ? TlsOptions.FromAuthKey : key.Tls);
            }

            return new Route(address.Endpoint, alike?.Key ?? ProcessKey.Current.Bytes, alike?.Tls ?? TlsFor(address.Endpoint));
        }
    }

    /// <summary>Connects, retrying for a while where an earlier connection of this process to another machine broke.</summary>
    public Peer Again(NodeAddress address, Func<Peer> open)
    {
        bool wasReached;
        lock (_gate)
        {
            wasReached = _known.ContainsKey(address.Id) && RemoteEndpoint.TryParse(address.Endpoint) is not null;
        }

        var deadline = Deadline.In(wasReached ? node.Connections.ReconnectTimeout : TimeSpan.Zero);
        var pause = s_firstPause;
        using var never = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                return open();
            }
            catch (Exception failure) when (MayPass(failure) && !deadline.HasPassed)
            {
                never.Wait(pause);
                pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            }
        }
    }

    /// <summary>
    /// Whether a failure may be temporary. A refused key is one of them: behind a live forwarder, a node that ends during the handshake looks as if it refused
    /// the key, which it accepted before.
    /// </summary>
    private static bool MayPass(Exception failure) =>
        failure is ConnectionLostException { IsFinal: false } or AuthenticationException or MultiprocTimeoutException;

    private static TlsOptions TlsFor(string endpoint) => RemoteEndpoint.TryParse(endpoint)?.Mode switch
    {
        TlsMode.Off => TlsOptions.Off,
        TlsMode.Certificates => throw new ConnectionLostException(
            $"{endpoint} is secured with certificates, and this process has none for it: connect a manager to it with TlsOptions before you use its proxies "
                + "here."),
        _ => TlsOptions.FromAuthKey,
    };

    private sealed record KnownNode(Route Route, NodeAddress Node);
}
