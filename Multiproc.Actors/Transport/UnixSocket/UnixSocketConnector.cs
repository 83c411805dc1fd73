using System.Net.Sockets;

namespace Multiproc.Transport.UnixSocket;

/// <summary>The way to a <see cref="UnixListener"/>.</summary>
internal static class UnixSocketConnector
{
    /// <exception cref="ConnectionLostException">Nobody listens there.</exception>
    /// <exception cref="AuthenticationException">Its key is not ours, or it did not answer in time.</exception>
    public static ILink Connect(string address, ReadOnlySpan<byte> key, WaitTimeout timeout, bool plainSocket = false)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.SendTimeout = socket.ReceiveTimeout = timeout.Milliseconds;
            socket.Connect(new UnixDomainSocketEndPoint(address));
            PeerIdentity.RequireSameUser(socket);
            using (var stream = new NetworkStream(socket, ownsSocket: false))
            {
                LinkAuthentication.AsConnector(stream, key);
            }

            string peer = PeerIdentity.Describe(socket);
            ILink link = plainSocket || !SharedMemory.Futex.IsSupported
                ? new SocketLink(socket, peer)
                : Rings.RingLink.Connect((int)socket.Handle, socket, peer);
            socket.SendTimeout = socket.ReceiveTimeout = 0;
            return link;
        }
        catch (SocketException cause)
        {
            socket.Dispose();
            throw new ConnectionLostException($"No process listens at {address}: the process in which the object lives has ended, and the object with it. Keep that process until the last use, or make the object in a manager.", cause);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
