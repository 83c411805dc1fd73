using System.Net;
using System.Net.Sockets;

namespace Multiproc.Transport.Tcp;

/// <summary>
/// Listens at a TCP port for processes of other machines that know the key. A failure of one of them - a wrong key or certificate, garbage, slowness -
/// ends that connection only.
/// </summary>
internal sealed class TcpLinkListener : IDisposable
{
    /// <summary>The maximum number of bytes of a handshake, with a chain of certificates.</summary>
    private const long HandshakeBytes = 64 * 1024;

    private readonly Action<ILink, Guid> _onLink;
    private readonly ReadOnlyMemory<byte> _key;
    private readonly LinkSecurity _security;
    private readonly ConnectionOptions _options;
    private readonly AcceptLoop _loop;
    private readonly long _maxBacklog;

    /// <exception cref="IOException">Listening at the address failed.</exception>
    public TcpLinkListener(
        string host, int port, ReadOnlyMemory<byte> key, LinkSecurity security, ConnectionOptions options, Action<ILink, Guid> onLink,
        long maxBacklog = StreamOutbox.MaxBacklog)
    {
        _maxBacklog = maxBacklog;
        (_onLink, _key, _security, _options) = (onLink, key, security, options);
        var socket = Listen(host, port);
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        _loop = new AcceptLoop(socket, options.MaxUnauthenticated, Admit);
        _loop.Start();
    }

    /// <summary>The port, chosen by the system if 0 was requested.</summary>
    public int Port { get; }

    /// <summary>Raised with the reason for each peer that was rejected.</summary>
    public event Action<Exception>? Refused
    {
        add => _loop.Refused += value;
        remove => _loop.Refused -= value;
    }

    public void Dispose() => _loop.Dispose();

    private static Socket Listen(string host, int port)
    {
        var place = TcpPlaces.Find(host, port)[0];
        Socket? socket = null;
        try
        {
            socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (place.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(place);
            socket.Listen(128);
            return socket;
        }
        catch (SocketException unusable)
        {
            socket?.Dispose();
            throw new IOException($"Cannot listen at {host}:{port}: {SocketFault.Text(unusable, "choose another port, or 0 for a free one")}.", unusable);
        }
    }

    private void Admit(Socket socket)
    {
        string peer = $"the process at {socket.RemoteEndPoint}";
        TcpPlaces.Prepare(socket);
        var stream = new HandshakeStream(socket, Deadline.In(_options.HandshakeTimeout), HandshakeBytes, ownsSocket: true);
        var secured = _security.AsListener(stream);
        LinkAuthentication.AsListener(secured.Stream, _key.Span, secured.Binding);
        var session = LinkPreface.Exchange(secured.Stream, Guid.Empty);
        stream.Lift();
        _onLink(new StreamLink(socket, secured.Stream, peer, _options.MaxFrameBytes, _maxBacklog), session);
    }
}
