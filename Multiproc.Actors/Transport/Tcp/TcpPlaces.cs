using System.Net;
using System.Net.Sockets;

namespace Multiproc.Transport.Tcp;

/// <summary>Resolves hosts and ports, and sets the options of every TCP connection.</summary>
internal static class TcpPlaces
{
    private const int QuietSecondsBeforeProbe = 10;
    private const int SecondsBetweenProbes = 5;
    private const int Probes = 3;

    /// <exception cref="IOException">The host is unknown.</exception>
    public static IReadOnlyList<IPEndPoint> Find(string host, int port)
    {
        if (host.Length == 0 || host == "*")
        {
            return [new IPEndPoint(IPAddress.Any, port)];
        }

        if (IPAddress.TryParse(host, out var address))
        {
            return [new IPEndPoint(address, port)];
        }

        try
        {
            // For a host with both kinds of addresses, IPv4 is tried first, as in Python.
            var found = Dns.GetHostAddresses(host).OrderBy(static each => each.AddressFamily).Select(each => new IPEndPoint(each, port)).ToList();
            return found.Count > 0 ? found : throw new IOException($"The host {host} has no address.");
        }
        catch (SocketException unknown)
        {
            throw new IOException($"The host {host} is not known: {unknown.Message}", unknown);
        }
    }

    /// <summary>Sets no-delay, since commands are small and awaited, and keep-alive, which detects a vanished machine.</summary>
    public static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, QuietSecondsBeforeProbe);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, SecondsBetweenProbes);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }
}
