using System.Net.Sockets;

namespace Multiproc.Tests.Connections;

/// <summary>A connection whose other end is a bare socket, to send what no connection would.</summary>
internal sealed class RawPair : IDisposable
{
    public RawPair()
    {
        using var listener = new Listener();
        Raw = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Raw.Connect(new UnixDomainSocketEndPoint(listener.Address));
        Ours = listener.Accept();
    }

    public Socket Raw { get; }

    public Connection Ours { get; }

    public void Dispose()
    {
        Raw.Dispose();
        Ours.Dispose();
    }
}
