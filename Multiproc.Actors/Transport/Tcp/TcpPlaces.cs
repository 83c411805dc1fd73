using System.Net;
using System.Net.Sockets;

namespace Multiproc.Transport.Tcp;

/// <summary>Hosts and ports as the system takes them, and what holds for every connection between them.</summary>
internal static class TcpPlaces
{
    private const int QuietSecondsBeforeProbe = 10;
    private const int SecondsBetweenProbes = 5;
    private const int Probes = 3;

    /// <exception cref="IOException">The host is not known.</exception>
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
            // A name that means both is looked for in IPv4 first, as Python does.
            var found = Dns.GetHostAddresses(host).OrderBy(static each => each.AddressFamily).Select(each => new IPEndPoint(each, port)).ToList();
            return found.Count > 0 ? found : throw new IOException($"The host {host} has no address.");
        }
        catch (SocketException unknown)
        {
            throw new IOException($"The host {host} is not known: {unknown.Message}", unknown);
        }
    }

    /// <summary>Commands are small and awaited; a machine that vanished without a word is noticed by probes.</summary>
    public static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, QuietSecondsBeforeProbe);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, SecondsBetweenProbes);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }
}
