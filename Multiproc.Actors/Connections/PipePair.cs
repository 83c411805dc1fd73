using System.Runtime.InteropServices;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>Two connected sockets of this machine.</summary>
internal static unsafe class PipePair
{
    public static (Connection First, Connection Second) Create(bool duplex)
    {
        Endpoint.RequireSupport();
        int* ends = stackalloc int[2];
        if (SocketCalls.socketpair(SocketCalls.UnixFamily, SocketCalls.Stream | SocketCalls.CloseOnExec, 0, ends) != 0)
        {
            throw new MultiprocException($"No pipe could be made ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}): raise the limit on open files.");
        }

        return (End(ends[0], readable: true, writable: duplex), End(ends[1], readable: duplex, writable: true));
    }

    private static Connection End(int descriptor, bool readable, bool writable) =>
        new(new MessageStream(new Endpoint(new SafeDescriptor(descriptor), "connection"), readable, writable));
}
