using System.Net;
using System.Net.Sockets;

namespace Multiproc.Transport.Tcp;

/// <summary>Connects to a <see cref="TcpLinkListener"/>.</summary>
internal static class TcpConnector
{
    /// <summary>How long, and how often, to check whether a listener is still there after a connection was closed without a close notify.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <exception cref="ConnectionLostException">No listener is at the address, or its process exited during the connect.</exception>
    /// <exception cref="AuthenticationException">The listener's key or certificate is wrong.</exception>
    /// <exception cref="MultiprocTimeoutException">The listener did not reply in time.</exception>
    public static ILink Connect(
        RemoteEndpoint endpoint, Guid session, ReadOnlySpan<byte> key, LinkSecurity security, ConnectionOptions options,
        long maxBacklog = StreamOutbox.MaxBacklog)
    {
        WaitTimeout timeout = options.ConnectTimeout;
        var socket = Open(endpoint, timeout);
        var deadline = Deadline.In(timeout);
        try
        {
            var stream = new HandshakeStream(socket, deadline, ownsSocket: true);
            var secured = security.AsConnector(stream, endpoint.Host);
            LinkAuthentication.AsConnector(secured.Stream, key, secured.Binding);
            LinkPreface.Exchange(secured.Stream, session);
            stream.Lift();
            return new StreamLink(socket, secured.Stream, $"the process at {endpoint.Host}:{endpoint.Port}", options.MaxFrameBytes, maxBacklog);
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (Told(failure, endpoint, timeout, deadline.HasPassed) is { } told)
            {
                throw told;
            }

            throw;
        }
    }

    /// <summary>
    /// Determines the cause of a failed handshake. A listener that rejects a TLS mode or a certificate closes the connection without a message, as the death of
    /// its process does: the cause depends on whether a listener is still there.
    /// </summary>
    private static Exception? Told(Exception failure, RemoteEndpoint endpoint, WaitTimeout timeout, bool wasTooSlow)
    {
        string peer = $"the process at {endpoint.Host}:{endpoint.Port}";
        return failure switch
        {
            AuthenticationException refused => new AuthenticationException($"{endpoint.Host}:{endpoint.Port}: {refused.Message}", refused),
            MultiprocTimeoutException => HandshakeFailures.TooSlow(peer, timeout, failure),
            ObjectDisposedException or IOException or ConnectionLostException when wasTooSlow => HandshakeFailures.TooSlow(peer, timeout, failure),
            ConnectionLostException or IOException or SocketException or ObjectDisposedException when Listens(endpoint) => new AuthenticationException(
                $"{endpoint.Host}:{endpoint.Port} closed the connection without a reason, and still listens: it has another authentication key, certificate "
                    + "or TLS mode, or is too busy to "
                + $"authenticate now ({failure.Message}). Give both sides the same AuthKey and matching TlsOptions; if they have, try again.", failure),
            ConnectionLostException or IOException or SocketException or ObjectDisposedException => HandshakeFailures.Gone(peer, failure),
            _ => null,
        };
    }

    /// <summary>
    /// An exiting process closes its descriptors one by one, and may close the connection before the listener. So a listener counts only if it stays:
    /// a plain one sends something at once, one with TLS waits for the client's first message.
    /// </summary>
    private static bool Listens(RemoteEndpoint endpoint)
    {
        using var never = new ManualResetEventSlim();
        for (var until = Deadline.In(s_look); !until.HasPassed; never.Wait(s_pause))
        {
            try
            {
                using var again = Open(endpoint, s_look);
                if (!again.Poll(until.Remaining ?? s_look, SelectMode.SelectRead) || again.Receive(new byte[1]) > 0)
                {
                    return true;
                }
            }
            catch (ConnectionLostException)
            {
                return false;
            }
            catch (SocketException)
            {
                // It was closed like the first one: the next attempt tells why.
            }
        }

        return true;
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
        // Connects on this thread: one of the thread pool would be late when the pool is busy.
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
