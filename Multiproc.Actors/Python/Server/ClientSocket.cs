using System.Net;
using System.Runtime.InteropServices;
using Multiproc.Connections;
using Multiproc.Transport.Linux;

namespace Multiproc.Python.Server;

/// <summary>What the system tells of the connection of a Python program: its two ends, and the process behind it.</summary>
internal static unsafe class ClientSocket
{
    /// <summary>The address of this manager as the client reached it, in Python's form: a tuple of host and port, or a path.</summary>
    public static object OwnAddress(Endpoint endpoint, string listening)
    {
        using var hold = endpoint.Hold(out int descriptor);
        byte* address = stackalloc byte[SocketCalls.AddressBytes];
        uint size = SocketCalls.AddressBytes;
        return SocketCalls.getsockname(descriptor, address, &size) == 0 && Read(address, size) is { IsTcp: true } name
            && IPEndPoint.TryParse(name.Text, out var end)
            ? new PyTuple(end.Address.ToString(), end.Port)
            : listening;
    }

    /// <summary>The process at the other end: the kernel knows it of a Unix socket, and of a TCP connection on this machine by its tables.</summary>
    /// <returns>0 when it is not known: it is on another machine, or of another user.</returns>
    public static int ProcessOf(Endpoint endpoint, IEnumerable<int> known)
    {
        using var hold = endpoint.Hold(out int descriptor);
        byte* address = stackalloc byte[SocketCalls.AddressBytes];
        uint size = SocketCalls.AddressBytes;
        if (SocketCalls.getsockname(descriptor, address, &size) != 0)
        {
            return 0;
        }

        if (!Read(address, size).IsTcp)
        {
            Credentials credentials;
            uint room = (uint)sizeof(Credentials);
            return SocketCalls.getsockopt(descriptor, SocketCalls.SocketLevel, SocketCalls.PeerCredentials, &credentials, &room) == 0 ? credentials.Pid : 0;
        }

        var own = IPEndPoint.Parse(Read(address, size).Text);
        size = SocketCalls.AddressBytes;
        return SocketCalls.getpeername(descriptor, address, &size) == 0 && IPEndPoint.TryParse(Read(address, size).Text, out var other)
            ? LocalTcp.ProcessOf(other, own, known)
            : 0;
    }

    private static SocketName Read(byte* address, uint size) =>
        SocketName.Read(new ReadOnlySpan<byte>(address, (int)Math.Min(size, SocketCalls.AddressBytes)));

    [StructLayout(LayoutKind.Sequential)]
    private struct Credentials
    {
        public int Pid;
        public uint User;
        public uint Group;
    }
}
