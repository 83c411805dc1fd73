using System.Net;
using System.Net.Sockets;

namespace Multiproc.Transport.Tcp;

/// <summary>The way to a <see cref="TcpDoor"/>.</summary>
internal static class TcpConnector
{
    /// <exception cref="ConnectionLostException">Nobody listens there.</exception>
    /// <exception cref="AuthenticationException">Its key or certificate is not the right one, or it did not answer in time.</exception>
    public static ILink Connect(RemoteEndpoint endpoint, Guid session, ReadOnlySpan<byte> key, LinkSecurity security, ConnectionOptions options)
    {
        WaitTimeout timeout = options.ConnectTimeout;
        var socket = Open(endpoint, timeout);
        try
        {
            socket.SendTimeout = socket.ReceiveTimeout = timeout.Milliseconds;
            SecuredStream secured;
            using (var watchdog = new Timer(_ => socket.Dispose(), null, timeout.Milliseconds, Timeout.Infinite))
            {
                secured = security.AsConnector(new NetworkStream(socket, ownsSocket: true), endpoint.Host);
                LinkAuthentication.AsConnector(secured.Stream, key, secured.Binding);
                LinkPreface.Exchange(secured.Stream, session);
            }

            socket.SendTimeout = socket.ReceiveTimeout = 0;
            return new StreamLink(socket, secured.Stream, $"the process at {endpoint.Host}:{endpoint.Port}", options.MaxFrameBytes);
        }
        catch (AuthenticationException refused)
        {
            socket.Dispose();
            throw new AuthenticationException($"{endpoint.Host}:{endpoint.Port}: {refused.Message}", refused);
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException)
        {
            socket.Dispose();
            throw new ConnectionLostException($"The connection to {endpoint.Host}:{endpoint.Port} broke during the handshake ({failure.Message}).", failure);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Open(RemoteEndpoint endpoint, WaitTimeout timeout)
    {
        Exception? last = null;
        try
        {
            foreach (var place in TcpPlaces.Find(endpoint.Host, endpoint.Port))
            {
                var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    TcpPlaces.Prepare(socket);
                    Open(socket, place, timeout);
                    return socket;
                }
                catch (SocketException refused)
                {
                    socket.Dispose();
                    last = refused;
                }
            }
        }
        catch (IOException unknown)
        {
            last = unknown;
        }

        throw new ConnectionLostException($"No manager can be reached at {endpoint.Host}:{endpoint.Port} within {timeout}: {last!.Message}", last);
    }

    private static void Open(Socket socket, IPEndPoint place, WaitTimeout timeout)
    {
        // On this thread: a connection that needed one of the pool would be late when the pool is busy.
        using var watchdog = new Timer(_ => socket.Dispose(), null, timeout.Milliseconds, Timeout.Infinite);
        try
        {
            socket.Connect(place);
        }
        catch (ObjectDisposedException)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }
}
