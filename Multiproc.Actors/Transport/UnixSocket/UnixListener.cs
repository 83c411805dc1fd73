using System.Net.Sockets;
using Multiproc.SharedMemory;

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
    private readonly AcceptLoop _loop;
    private int _disposed;

    /// <exception cref="MultiprocException">Listening at the address failed, or no folder is usable.</exception>
    public UnixListener(
        Action<ILink> onLink, Func<ReadOnlyMemory<byte>> key, ConnectionOptions options, string? path = null, Func<ReadOnlyMemory<byte>>? otherKey = null)
    {
        _onLink = onLink;
        _key = key;
        _otherKey = otherKey;
        _options = options;
        Address = path ?? RuntimeFolder.NewFile(".sock");
        Socket socket;
        try
        {
            socket = Listen(Address, mayBeLeft: path is not null);
        }
        catch (Exception refused) when (refused is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new MultiprocException(
                $"Cannot listen at {Address}: "
                    + $"{SocketFault.Text(refused, "give an address in a folder of this user's that is there, writable and whose path is short")}.",
                refused);
        }

        _loop = new AcceptLoop(socket, options.MaxUnauthenticated, Admit, TellBusy);
        try
        {
            _loop.Start();
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
    public event Action<Exception>? Refused
    {
        add => _loop.Refused += value;
        remove => _loop.Refused -= value;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _loop.Dispose();
            Remove(Address);
        }
    }

    /// <summary>Begins to listen at a socket that only this user can open.</summary>
    /// <param name="address">The path.</param>
    /// <param name="mayBeLeft">Whether the socket of a dead process may be there, which is then removed.</param>
    public static Socket Listen(string address, bool mayBeLeft)
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

    /// <summary>Removes a socket that is no longer listened at.</summary>
    public static void Remove(string path)
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

    private void Admit(Socket peer)
    {
        try
        {
            _onLink(Prove(peer));
        }
        catch (MultiprocTimeoutException failure)
        {
            throw new MultiprocTimeoutException($"A process did not authenticate within {_options.HandshakeTimeout.TotalSeconds:0.###} s.", failure);
        }
    }

    private ILink Prove(Socket socket)
    {
        PeerIdentity.RequireSameUser(socket);
        string peer = PeerIdentity.Describe(socket);
        using var stream = new HandshakeStream(socket, Deadline.In(_options.HandshakeTimeout));
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
        ILink link = _options.PlainSocket ? new SocketLink(socket, peer) : Rings.RingLink.Accept((int)socket.Handle, socket, peer);
        stream.Lift();
        return link;
    }

    /// <summary>
    /// Tells a connector that the listener is busy, so that it does not take the end for a death. Never waits: nothing was sent to it before.
    /// </summary>
    private static void TellBusy(Socket peer)
    {
        try
        {
            peer.Send(LinkAuthentication.Busy);
        }
        catch (SocketException)
        {
            // The connector is gone already.
        }
    }
}
