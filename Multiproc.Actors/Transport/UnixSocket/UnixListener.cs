using System.Net.Sockets;
using Multiproc.SharedMemory;
using Multiproc.States;

namespace Multiproc.Transport.UnixSocket;

/// <summary>
/// Listens at a socket in the runtime folder for processes of the same user that know the key. A failure of one of them -
/// a wrong key, garbage, slowness - ends that connection only.
/// </summary>
internal sealed class UnixListener : IDisposable
{
    private readonly Action<ILink> _onLink;
    private readonly Func<ReadOnlyMemory<byte>> _key;
    private readonly Func<ReadOnlyMemory<byte>>? _otherKey;
    private readonly ConnectionOptions _options;
    private readonly Socket _socket;
    private readonly AcceptPause _pause = new();
    private int _unauthenticated;
    private volatile bool _disposed;

    /// <exception cref="MultiprocException">Listening at the address failed, or no folder is usable.</exception>
    public UnixListener(Action<ILink> onLink, Func<ReadOnlyMemory<byte>> key, ConnectionOptions options, string? path = null, Func<ReadOnlyMemory<byte>>? otherKey = null)
    {
        _onLink = onLink;
        _key = key;
        _otherKey = otherKey;
        _options = options;
        Address = path ?? RuntimeFolder.NewFile(".sock");
        try
        {
            _socket = Listen(Address, mayBeLeft: path is not null);
        }
        catch (Exception refused) when (refused is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new MultiprocException(
                $"Cannot listen at {Address}: {SocketFault.Text(refused, "give an address in a folder of this user's that is there, writable and whose path is short")}.", refused);
        }

        try
        {
            OwnThread.Start(Accept, "multiproc listener", 256 * 1024);
        }
        catch
        {
            Dispose();
            throw;
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>The address to connect to.</summary>
    public string Address { get; }

    /// <summary>Raised with the reason for each peer that was rejected.</summary>
    public event Action<Exception>? Refused;

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _pause.End();
            _socket.Dispose();
            Remove(Address);
        }
    }

    private static Socket Listen(string address, bool mayBeLeft)
    {
        var place = new UnixDomainSocketEndPoint(address);
        if (mayBeLeft)
        {
            Vacate(address, place);
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(place);
            if (!OperatingSystem.IsWindows())
            {
                // Set before it listens: a second line of defense, since the folder is private anyway.
                File.SetUnixFileMode(address, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            socket.Listen(128);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Removes the socket of a dead process. Binding fails if a process listens there, or if the path is another kind of file.</summary>
    private static void Vacate(string path, UnixDomainSocketEndPoint place)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(place);
        }
        catch (SocketException nobody) when (nobody.SocketErrorCode == SocketError.ConnectionRefused)
        {
            if (IsSocket(path))
            {
                File.Delete(path);
            }
        }
        catch (SocketException)
        {
            // The path does not exist or is not accessible: binding reports the error.
        }
    }

    /// <summary>Whether the path is a socket. Connecting to a plain file is refused as well, and a mistyped address must not delete a file.</summary>
    private static bool IsSocket(string path) => !OperatingSystem.IsLinux() || SharedMemory.Linux.FileCalls.IsSocket(path);

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The folder was removed or made inaccessible at run time.
        }
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
                // The connection ended before it was accepted, or no descriptor is free: the next attempt may succeed.
                Refused?.Invoke(broken);
                _pause.After(broken);
                continue;
            }

            if (Interlocked.Increment(ref _unauthenticated) > _options.MaxUnauthenticated)
            {
                Interlocked.Decrement(ref _unauthenticated);
                TellBusy(stranger);
                Refuse(stranger, new AuthenticationException($"More than {_options.MaxUnauthenticated} handshakes are in progress at once."));
                continue;
            }

            // The handshake runs on a dedicated thread: one of the thread pool would be late when the program keeps the pool busy.
            try
            {
                OwnThread.Start(() => Admit(stranger), "multiproc handshake", 256 * 1024);
            }
            catch (MultiprocException noThread)
            {
                Interlocked.Decrement(ref _unauthenticated);
                Refuse(stranger, noThread);
            }
        }
    }

    private void Admit(Socket stranger)
    {
        Exception? refusal = null;
        try
        {
            _onLink(Prove(stranger));
        }
        catch (MultiprocTimeoutException failure)
        {
            refusal = new MultiprocTimeoutException($"A process did not authenticate within {_options.HandshakeTimeout.TotalSeconds:0.###} s.", failure);
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
        string peer = PeerIdentity.Describe(stranger);
        using var stream = new HandshakeStream(stranger, Deadline.In(_options.HandshakeTimeout));
        var (key, other) = (_key(), _otherKey?.Invoke() ?? default);
        if (other.IsEmpty || key.Span.SequenceEqual(other.Span))
        {
            LinkAuthentication.AsListener(stream, key.Span);
        }
        else
        {
            LinkAuthentication.AsListenerWithEither(stream, key.Span, other.Span);
        }

        stream.LimitSocket();
        ILink link = _options.PlainSocket ? new SocketLink(stranger, peer) : Rings.RingLink.Accept((int)stranger.Handle, stranger, peer);
        stream.Lift();
        return link;
    }

    /// <summary>
    /// Tells a connector that the listener is busy, so that it does not take the end for a death. Never waits: nothing was sent to it before.
    /// </summary>
    private static void TellBusy(Socket stranger)
    {
        try
        {
            stranger.Send(LinkAuthentication.Busy);
        }
        catch (SocketException)
        {
            // The connector is gone already.
        }
    }

    private void Refuse(Socket stranger, Exception reason)
    {
        stranger.Dispose();
        Refused?.Invoke(reason);
    }
}
