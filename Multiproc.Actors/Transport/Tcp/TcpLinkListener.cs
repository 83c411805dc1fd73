using System.Net;
using System.Net.Sockets;
using Multiproc.SharedMemory;
using Multiproc.States;

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
    private readonly Socket _socket;
    private readonly AcceptPause _pause = new();
    private int _unauthenticated;
    private volatile bool _disposed;

    /// <exception cref="IOException">Listening at the address failed.</exception>
    public TcpLinkListener(string host, int port, ReadOnlyMemory<byte> key, LinkSecurity security, ConnectionOptions options, Action<ILink, Guid> onLink)
    {
        (_onLink, _key, _security, _options) = (onLink, key, security, options);
        var place = TcpPlaces.Find(host, port)[0];
        try
        {
            _socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (place.Address.Equals(IPAddress.IPv6Any))
            {
                _socket.DualMode = true;
            }

            _socket.Bind(place);
            _socket.Listen(128);
        }
        catch (SocketException unusable)
        {
            _socket?.Dispose();
            throw new IOException($"Cannot listen at {host}:{port}: {SocketFault.Text(unusable, "choose another port, or 0 for a free one")}.", unusable);
        }

        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        try
        {
            OwnThread.Start(Accept, "multiproc listener", 256 * 1024);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>The port, chosen by the system if 0 was requested.</summary>
    public int Port { get; }

    /// <summary>Raised with the reason for each peer that was rejected.</summary>
    public event Action<Exception>? Refused;

    public void Dispose()
    {
        _disposed = true;
        _pause.End();
        _socket.Dispose();
    }

    private void Accept()
    {
        while (!_disposed)
        {
            Socket stranger;
            try
            {
                stranger = _socket.Accept();
            }
            catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
            {
                // The connection ended before it was accepted, or no descriptor is free: the next attempt may succeed.
                if (!_disposed)
                {
                    Refused?.Invoke(broken);
                    _pause.After(broken);
                }

                continue;
            }

            if (Interlocked.Increment(ref _unauthenticated) > _options.MaxUnauthenticated)
            {
                Refuse(stranger, new AuthenticationException($"More than {_options.MaxUnauthenticated} handshakes are in progress at once."));
                continue;
            }

            // The handshake runs on a dedicated thread: slow unauthenticated peers must not take threads of the pool away from the program.
            try
            {
                OwnThread.Start(() => Admit(stranger), "multiproc handshake", 256 * 1024);
            }
            catch (MultiprocException noThread)
            {
                Refuse(stranger, noThread);
            }
        }
    }

    private void Admit(Socket stranger)
    {
        try
        {
            string peer = $"the process at {stranger.RemoteEndPoint}";
            TcpPlaces.Prepare(stranger);
            var stream = new HandshakeStream(stranger, Deadline.In(_options.HandshakeTimeout), HandshakeBytes, ownsSocket: true);
            var secured = _security.AsListener(stream);
            LinkAuthentication.AsListener(secured.Stream, _key.Span, secured.Binding);
            var session = LinkPreface.Exchange(secured.Stream, Guid.Empty);
            stream.Lift();
            _onLink(new StreamLink(stranger, secured.Stream, peer, _options.MaxFrameBytes), session);
            Interlocked.Decrement(ref _unauthenticated);
        }
        catch (Exception refusal)
        {
            // A failure caused by an unauthenticated peer affects only that peer.
            Refuse(stranger, refusal);
        }
    }

    private void Refuse(Socket stranger, Exception reason)
    {
        Interlocked.Decrement(ref _unauthenticated);
        stranger.Dispose();
        Refused?.Invoke(reason);
    }
}
