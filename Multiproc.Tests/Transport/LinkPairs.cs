using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Multiproc.Transport;
using Multiproc.Transport.InMemory;
using Multiproc.Transport.Linux;
using Multiproc.Transport.Rings;
using Multiproc.Transport.Tcp;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Tests.Transport;

/// <summary>Both ends of links in this process.</summary>
internal static class LinkPairs
{
    public static (ILink First, ILink Second) InMemory() => InMemoryLink.Pair();

    public static (ILink First, ILink Second) Rings()
    {
        var (first, second) = Sockets();
        ILink? connected = null;
        var connecting = Together.Start(() => connected = RingLink.Connect((int)second.Handle, second, "the acceptor"));
        var accepted = RingLink.Accept((int)first.Handle, first, "the connector");
        connecting.Finish();
        return (accepted, connected!);
    }

    public static (ILink First, ILink Second) Plain()
    {
        var (first, second) = Sockets();
        return (new SocketLink(first, "the second end"), new SocketLink(second, "the first end"));
    }

    /// <summary>Over TCP between two addresses of this machine, which stand for two machines.</summary>
    public static (ILink First, ILink Second) Tcp(TlsOptions tls)
    {
        byte[] key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];
        var security = new LinkSecurity(tls, key);
        using var accepted = new BlockingCollection<ILink>();
        using var door = new TcpLinkListener("127.0.0.2", 0, key, security, new ConnectionOptions(), (link, _) => accepted.Add(link));
        var connected = TcpConnector.Connect(new RemoteEndpoint(security.Mode, "127.0.0.2", door.Port), Guid.NewGuid(), key, security, new ConnectionOptions());
        accepted.TryTake(out var first, TimeSpan.FromSeconds(60)).ShouldBeTrue("the door lets the connector in");
        return (first!, connected);
    }

    public static unsafe (Socket First, Socket Second) Sockets()
    {
        int* ends = stackalloc int[2];
        SocketCalls.socketpair(SocketCalls.UnixFamily, SocketCalls.Stream | SocketCalls.CloseOnExec, 0, ends)
            .ShouldBe(0, Marshal.GetLastPInvokeErrorMessage());
        return (new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)), new Socket(new SafeSocketHandle(ends[1], ownsHandle: true)));
    }
}
