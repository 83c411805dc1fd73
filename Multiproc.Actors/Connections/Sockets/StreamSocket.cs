using System.Runtime.InteropServices;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>Listens, accepts and connects with non-blocking stream sockets.</summary>
internal static unsafe class StreamSocket
{
    private const int FirstWaits = 8;

    /// <exception cref="IOException">The address is in use, or access to it is denied.</exception>
    public static (SafeDescriptor Socket, SocketName Name) Listen(SocketName name, int backlog)
    {
        var socket = New(name);
        try
        {
            int on = 1;
            if (name.IsTcp)
            {
                // Remaining connections of an earlier listener do not block the port; a live listener does.
                SocketCalls.setsockopt(socket.Number, SocketCalls.SocketLevel, SocketCalls.ReuseAddress, &on, sizeof(int));
            }

            fixed (byte* address = name.Bytes)
            {
                Require(SocketCalls.bind(socket.Number, address, (uint)name.Bytes.Length), $"Cannot listen at {name}");
            }

            Require(SocketCalls.listen(socket.Number, backlog), $"Cannot listen at {name}");
            byte* own = stackalloc byte[SocketCalls.AddressBytes];
            uint size = SocketCalls.AddressBytes;
            Require(SocketCalls.getsockname(socket.Number, own, &size), $"The address of {name} is not told");
            return (socket, name.IsTcp ? SocketName.Read(new ReadOnlySpan<byte>(own, (int)size)) : name);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <returns>The connection; null if none is pending.</returns>
    /// <exception cref="IOException">The process has no free descriptor.</exception>
    public static (MessageStream Stream, SocketName Peer)? TryAccept(int listener)
    {
        byte* address = stackalloc byte[SocketCalls.AddressBytes];
        while (true)
        {
            uint size = SocketCalls.AddressBytes;
            int socket = SocketCalls.accept4(listener, address, &size, SocketCalls.CloseOnExec);
            if (socket >= 0)
            {
                var peer = SocketName.Read(new ReadOnlySpan<byte>(address, (int)Math.Min(size, SocketCalls.AddressBytes)));
                return (Connected(new SafeDescriptor(socket), peer.IsTcp), peer);
            }

            int error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case SocketCalls.WouldBlock:
                    return null;
                case SocketCalls.Interrupted or SocketCalls.ConnectionAborted:
                    continue;
                default:
                    throw new IOException($"A connection could not be accepted: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
            }
        }
    }

    /// <summary>Begins to connect. Returns false if the connect is still in progress, which ends when the socket becomes writable.</summary>
    /// <exception cref="IOException">No listener is at the address.</exception>
    public static bool TryConnect(SafeDescriptor socket, SocketName name)
    {
        fixed (byte* address = name.Bytes)
        {
            while (SocketCalls.connect(socket.Number, address, (uint)name.Bytes.Length) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                switch (error)
                {
                    case SocketCalls.InProgress or SocketCalls.WouldBlock:
                        return false;
                    case SocketCalls.Interrupted:
                        continue;
                    default:
                        throw NotConnected(name, error);
                }
            }
        }

        return true;
    }

    /// <summary>Checks the outcome of a connect.</summary>
    /// <exception cref="IOException">The connect failed.</exception>
    public static void RequireConnected(SafeDescriptor socket, SocketName name)
    {
        int error;
        uint size = sizeof(int);
        Require(SocketCalls.getsockopt(socket.Number, SocketCalls.SocketLevel, SocketCalls.SocketError, &error, &size), $"Cannot connect to {name}");
        if (error != 0)
        {
            throw NotConnected(name, error);
        }
    }

    /// <exception cref="IOException">The process has no free descriptor.</exception>
    public static SafeDescriptor New(SocketName name)
    {
        int socket = SocketCalls.socket(name.Family, SocketCalls.Stream | SocketCalls.CloseOnExec | SocketCalls.NonBlocking, 0);
        Require(socket, "No socket could be made");
        return new SafeDescriptor(socket);
    }

    /// <summary>Creates the message stream of a connected socket, which sends small messages without delay.</summary>
    public static MessageStream Connected(SafeDescriptor socket, bool isTcp)
    {
        if (isTcp)
        {
            int on = 1;
            SocketCalls.setsockopt(socket.Number, SocketCalls.TcpLevel, SocketCalls.TcpNoDelay, &on, sizeof(int));
        }

        return new SocketStream(new Endpoint(socket, "connection"), readable: true, writable: true, isTcp ? FirstWaits : 0);
    }

    private static IOException NotConnected(SocketName name, int error) =>
        new($"Cannot connect to {name}: {Marshal.GetPInvokeErrorMessage(error)} (error {error}). Does a listener run there?");

    private static void Require(int result, string otherwise)
    {
        if (result < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"{otherwise}: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
        }
    }
}
