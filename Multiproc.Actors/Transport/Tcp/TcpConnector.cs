using System.Net;
using System.Net.Sockets;
using Multiproc.States;

namespace Multiproc.Transport.Tcp;

/// <summary>The way to a <see cref="TcpLinkListener"/>.</summary>
internal static class TcpConnector
{
    /// <summary>How long to look whether somebody still listens where a connection was closed without a word, and how often.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <exception cref="ConnectionLostException">Nobody listens there, or the process that did has ended meanwhile.</exception>
    /// <exception cref="AuthenticationException">Its key or certificate is not the right one.</exception>
    /// <exception cref="MultiprocTimeoutException">It did not answer in time.</exception>
    public static ILink Connect(RemoteEndpoint endpoint, Guid session, ReadOnlySpan<byte> key, LinkSecurity security, ConnectionOptions options)
    {
        WaitTimeout timeout = options.ConnectTimeout;
        bool cut = false;
        var socket = Open(endpoint, timeout);
        try
        {
            socket.SendTimeout = socket.ReceiveTimeout = timeout.Milliseconds;
            SecuredStream secured;
            using (var watchdog = new Timer(_ => Cut(socket, ref cut), null, timeout.Milliseconds, Timeout.Infinite))
            {
                secured = security.AsConnector(new NetworkStream(socket, ownsSocket: true), endpoint.Host);
                LinkAuthentication.AsConnector(secured.Stream, key, secured.Binding);
                LinkPreface.Exchange(secured.Stream, session);
            }

            socket.SendTimeout = socket.ReceiveTimeout = 0;
            return new StreamLink(socket, secured.Stream, $"the process at {endpoint.Host}:{endpoint.Port}", options.MaxFrameBytes);
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (Told(failure, endpoint, timeout, Volatile.Read(ref cut)) is { } told)
            {
                throw told;
            }

            throw;
        }
    }

    /// <summary>
    /// Says what a failed handshake means. A door that refuses a kind of security or a certificate closes the connection without a word, as death does: then it
    /// counts whether somebody still listens there.
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
                $"{endpoint.Host}:{endpoint.Port} closed the connection without a reason, and still listens: it has another authentication key, certificate or kind of security, or admits nobody "
                + $"now ({failure.Message}). Give both sides the same AuthKey and TlsOptions that fit; if they have, try again.", failure),
            ConnectionLostException or IOException or SocketException or ObjectDisposedException => HandshakeFailures.Gone(peer, failure),
            _ => null,
        };
    }

    /// <summary>
    /// A process that is ending closes its descriptors one by one, and may close the connection before the door. So somebody listens only if he goes on
    /// doing so: a plain door says something at once, one with TLS waits to be spoken to.
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
                // It was closed as the first one was: the next attempt tells why.
            }
        }

        return true;
    }

    private static void Cut(Socket socket, ref bool cut)
    {
        Volatile.Write(ref cut, true);
        socket.Dispose();
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
