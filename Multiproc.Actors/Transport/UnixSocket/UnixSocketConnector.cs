using System.Diagnostics;
using System.Net.Sockets;

namespace Multiproc.Transport.UnixSocket;

/// <summary>The way to a <see cref="UnixListener"/>.</summary>
internal static class UnixSocketConnector
{
    private const int Tries = 3;

    /// <summary>What takes longer broke because a side was too slow, not because it refused.</summary>
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(1);

    /// <exception cref="ConnectionLostException">Nobody listens there.</exception>
    /// <exception cref="AuthenticationException">Its key is not ours, or it did not answer in time.</exception>
    public static ILink Connect(string address, ReadOnlySpan<byte> key, TimeSpan timeout, bool plainSocket = false)
    {
        long begun = Stopwatch.GetTimestamp();
        for (int left = Tries; ; left--)
        {
            try
            {
                return ConnectOnce(address, key, timeout, plainSocket);
            }
            catch (AuthenticationException broken) when (left > 1 && broken.InnerException is IOException and not EndOfStreamException && IsSlow(begun, timeout))
            {
                // The listener's patience is shorter than ours. A process that is starting on a busy machine may need more than that to load what
                // it proves itself with; now it has that.
            }
        }
    }

    private static bool IsSlow(long begun, TimeSpan timeout) => Stopwatch.GetElapsedTime(begun) is var took && took > s_slow && took < timeout;

    private static ILink ConnectOnce(string address, ReadOnlySpan<byte> key, TimeSpan timeout, bool plainSocket)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.SendTimeout = socket.ReceiveTimeout = (int)timeout.TotalMilliseconds;
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
            throw new ConnectionLostException($"No process listens at {address}: the home of the object has ended ({cause.Message}).", cause);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
