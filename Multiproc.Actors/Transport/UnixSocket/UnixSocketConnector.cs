using System.Net.Sockets;

namespace Multiproc.Transport.UnixSocket;

/// <summary>Connects to a <see cref="UnixListener"/>.</summary>
internal static class UnixSocketConnector
{
    /// <exception cref="ConnectionLostException">No listener is at the address, or its process exited during the connect.</exception>
    /// <exception cref="AuthenticationException">The listener has a different key.</exception>
    /// <exception cref="MultiprocTimeoutException">The listener did not reply in time.</exception>
    public static ILink Connect(string address, ReadOnlySpan<byte> key, WaitTimeout timeout, bool plainSocket = false)
    {
        Socket? socket = null;
        string peer = $"the process at {address}";
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            var deadline = Deadline.In(timeout);
            socket.SendTimeout = timeout.Milliseconds;
            socket.Connect(new UnixDomainSocketEndPoint(address));
            PeerIdentity.RequireSameUser(socket);
            peer = PeerIdentity.Describe(socket);
            using var stream = new HandshakeStream(socket, deadline);
            LinkAuthentication.AsConnector(stream, key);
            stream.LimitSocket();
            ILink link = plainSocket || !SharedMemory.Futex.IsSupported
                ? new SocketLink(socket, peer)
                : Rings.RingLink.Connect((int)socket.Handle, socket, peer);
            stream.Lift();
            return link;
        }
        catch (SocketException slow) when (slow.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            socket?.Dispose();
            throw HandshakeFailures.TooSlow(peer, timeout, slow);
        }
        catch (SocketException shortage) when (SocketFault.IsShortage(shortage))
        {
            socket?.Dispose();
            throw new MultiprocException($"Cannot connect to {address}: {SocketFault.Text(shortage, "try again")}.", shortage);
        }
        catch (SocketException cause) when (!Path.Exists(address) && !Directory.Exists(Path.GetDirectoryName(address)))
        {
            socket?.Dispose();
            throw new ConnectionLostException(
                $"No process can be reached at {address}: the folder {Path.GetDirectoryName(address)} does not exist (any more). Keep it while programs "
                + "run, or set XDG_RUNTIME_DIR to a folder that is not cleaned up.", cause);
        }
        catch (SocketException cause)
        {
            socket?.Dispose();
            throw new ConnectionLostException(
                $"No process listens at {address}: the process in which the object lives has ended, and the object with it. Keep that process until the "
                    + "last use, or make the object in a manager.",
                cause);
        }
        catch (MultiprocTimeoutException slow)
        {
            socket?.Dispose();
            throw HandshakeFailures.TooSlow(peer, timeout, slow);
        }
        catch (ConnectionLostException gone)
        {
            socket?.Dispose();
            throw HandshakeFailures.Gone(peer, gone);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }
}
