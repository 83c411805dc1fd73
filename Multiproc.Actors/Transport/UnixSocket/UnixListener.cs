using System.Net.Sockets;
using Multiproc.SharedMemory;

namespace Multiproc.Transport.UnixSocket;

/// <summary>
/// Waits at a socket in the runtime folder for processes of the same user that know the key. What goes wrong with one of them -
/// a wrong key, garbage, slowness - ends that connection only.
/// </summary>
internal sealed class UnixListener : IDisposable
{
    private readonly Action<ILink> _onLink;
    private readonly Func<ReadOnlyMemory<byte>> _key;
    private readonly ConnectionOptions _options;
    private readonly Socket _socket;
    private int _unauthenticated;
    private volatile bool _disposed;

    public UnixListener(Action<ILink> onLink, Func<ReadOnlyMemory<byte>> key, ConnectionOptions options, string? path = null)
    {
        _onLink = onLink;
        _key = key;
        _options = options;
        Address = path is null ? RuntimeFolder.NewFile(".sock") : Vacant(path);
        _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _socket.Bind(new UnixDomainSocketEndPoint(Address));
        if (!OperatingSystem.IsWindows())
        {
            // Before it listens: the folder is private anyway, this is the second door.
            File.SetUnixFileMode(Address, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        _socket.Listen(128);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        new Thread(Accept, 256 * 1024) { IsBackground = true, Name = "multiproc listener" }.Start();
    }

    /// <summary>Where to connect.</summary>
    public string Address { get; }

    /// <summary>Raised with the reason for each stranger that was refused.</summary>
    public event Action<Exception>? Refused;

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _socket.Dispose();
            File.Delete(Address);
        }
    }

    /// <summary>A file that somebody left who died; where somebody listens, binding fails.</summary>
    private static string Vacant(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
        }

        return path;
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
            catch (SocketException) when (_disposed)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException broken)
            {
                // One connection that ended before it was taken, or no descriptor free: the next may be better.
                Refused?.Invoke(broken);
                continue;
            }

            if (Interlocked.Increment(ref _unauthenticated) > _options.MaxUnauthenticated)
            {
                Interlocked.Decrement(ref _unauthenticated);
                Refuse(stranger, new AuthenticationException($"More than {_options.MaxUnauthenticated} processes are proving themselves at once."));
                continue;
            }

            ThreadPool.UnsafeQueueUserWorkItem(_ => Admit(stranger), null);
        }
    }

    private void Admit(Socket stranger)
    {
        Exception? refusal = null;
        try
        {
            _onLink(Prove(stranger));
        }
        catch (Exception failure) when (failure is MultiprocException or SocketException or IOException or ObjectDisposedException)
        {
            refusal = failure;
        }

        Interlocked.Decrement(ref _unauthenticated);
        if (refusal is not null)
        {
            Refuse(stranger, refusal);
        }
    }

    private ILink Prove(Socket stranger)
    {
        PeerIdentity.RequireSameUser(stranger);
        int limit = ((WaitTimeout)_options.HandshakeTimeout).Milliseconds;
        stranger.SendTimeout = stranger.ReceiveTimeout = limit;
        string peer = PeerIdentity.Describe(stranger);
        using var watchdog = new Timer(_ => stranger.Dispose(), null, limit, Timeout.Infinite);
        using (var stream = new NetworkStream(stranger, ownsSocket: false))
        {
            LinkAuthentication.AsListener(stream, _key().Span);
        }

        ILink link = _options.PlainSocket ? new SocketLink(stranger, peer) : Rings.RingLink.Accept((int)stranger.Handle, stranger, peer);
        Settle(stranger);
        return link;
    }

    private static void Settle(Socket socket) => socket.SendTimeout = socket.ReceiveTimeout = 0;

    private void Refuse(Socket stranger, Exception reason)
    {
        stranger.Dispose();
        Refused?.Invoke(reason);
    }
}
