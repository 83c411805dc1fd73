using Multiproc.Nodes;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Peers;

/// <summary>How a home was reached: where, with which key, how secured; and, on another machine, what this process calls its session there.</summary>
internal sealed record Way(string Endpoint, ReadOnlyMemory<byte> Key, TlsOptions Tls)
{
    private readonly Guid _session = Guid.NewGuid();

    /// <summary>Proves and secures in the same way as another one.</summary>
    public bool IsLike(Way other) => Endpoint == other.Endpoint && Key.Span.SequenceEqual(other.Key.Span) && Tls == other.Tls;

    /// <exception cref="ConnectionLostException">Nobody is there.</exception>
    /// <exception cref="AuthenticationException">Its key is not ours.</exception>
    /// <exception cref="MultiprocTimeoutException">It did not answer in time.</exception>
    public ILink Connect(ConnectionOptions options) => RemoteEndpoint.TryParse(Endpoint) is { } remote
        ? TcpConnector.Connect(remote, _session, Key.Span, new LinkSecurity(Tls, Key.Span), options)
        : UnixSocketConnector.Connect(Endpoint, Key.Span, options.ConnectTimeout);
}

/// <summary>The ways to other homes that this process has gone, so that it finds them again.</summary>
internal sealed class Ways(Home home)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, KnownHome> _known = [];
    private volatile bool _anyRemote;

    public void Learn(Way way, HomeAddress address)
    {
        lock (_gate)
        {
            _known[address.Id] = new KnownHome(way, address with { Endpoint = way.Endpoint });
            if (_anyRemote || RemoteEndpoint.TryParse(way.Endpoint) is null)
            {
                return;
            }

            // Who leaves says so: else the other machine would wait for him to come back.
            _anyRemote = true;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => home.Leave();
        }
    }

    /// <summary>The home that was reached like this.</summary>
    public HomeAddress? HomeAt(Way way)
    {
        lock (_gate)
        {
            return _known.Values.FirstOrDefault(known => known.Way.IsLike(way))?.Home;
        }
    }

    /// <summary>A home of another machine is at the endpoint where this process reached it: it cannot know that itself.</summary>
    public HomeAddress AsReached(HomeAddress address)
    {
        if (!_anyRemote)
        {
            return address;
        }

        lock (_gate)
        {
            return _known.TryGetValue(address.Id, out var known) && RemoteEndpoint.TryParse(known.Way.Endpoint) is not null ? address with { Endpoint = known.Way.Endpoint } : address;
        }
    }

    /// <summary>The way that was gone before; or one with the home's own key, or with this process's.</summary>
    public Way To(HomeAddress address)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(address.Id, out var known) && known.Way.Endpoint == address.Endpoint)
            {
                return known.Way;
            }

            var alike = _known.Values.FirstOrDefault(each => each.Way.Endpoint == address.Endpoint)?.Way;
            if (alike is null && known is null && home.Keys.Of(address.Id) is { } key)
            {
                return new Way(address.Endpoint, key.Key, RemoteEndpoint.TryParse(address.Endpoint) is null ? TlsOptions.FromAuthKey : key.Tls);
            }

            return new Way(address.Endpoint, alike?.Key ?? ProcessKey.Current.Bytes, alike?.Tls ?? TlsFor(address.Endpoint));
        }
    }

    /// <summary>Where a connection of this process to another machine broke, it is tried again for a while.</summary>
    public Peer Again(HomeAddress address, Func<Peer> open)
    {
        bool wasReached;
        lock (_gate)
        {
            wasReached = _known.ContainsKey(address.Id) && RemoteEndpoint.TryParse(address.Endpoint) is not null;
        }

        var deadline = Deadline.In(wasReached ? home.Connections.ReconnectTimeout : TimeSpan.Zero);
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

    /// <summary>Behind a forwarder that lives, a home that ended in the middle of the handshake looks as if it refused the key; it accepted it before.</summary>
    private static bool MayPass(Exception failure) => failure is ConnectionLostException { IsFinal: false } or AuthenticationException or MultiprocTimeoutException;

    private static TlsOptions TlsFor(string endpoint) => RemoteEndpoint.TryParse(endpoint)?.Mode switch
    {
        TlsMode.Off => TlsOptions.Off,
        TlsMode.Certificates => throw new ConnectionLostException(
            $"{endpoint} is secured with certificates, and this process has none for it: connect a manager to it, with TlsOptions, before its proxies are used here."),
        _ => TlsOptions.FromAuthKey,
    };

    private sealed record KnownHome(Way Way, HomeAddress Home);
}
