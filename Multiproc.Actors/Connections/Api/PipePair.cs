using System.Runtime.InteropServices;
using Multiproc.Connections.Pipes;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>Creates both ends of a new pipe: mapped memory for the messages, and two connected sockets that signal the death of an end.</summary>
internal static unsafe class PipePair
{
    public static (Connection First, Connection Second) Create(bool duplex)
    {
        Endpoint.RequireSupport();
        int* ends = stackalloc int[2];
        if (SocketCalls.socketpair(SocketCalls.UnixFamily, SocketCalls.Stream | SocketCalls.CloseOnExec, 0, ends) != 0)
        {
            throw new MultiprocException(
                $"No pipe could be made ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}): raise the limit on open files.");
        }

        using var one = new SafeDescriptor(ends[0]);
        using var other = new SafeDescriptor(ends[1]);
        var (first, second) = PipeHandle.Create(one, other);
        return (End(first, readable: true, writable: duplex), End(second, readable: duplex, writable: true));
    }

    private static Connection End(PipeHandle handle, bool readable, bool writable) =>
        new(new PipeStream(new Endpoint(handle, "connection"), readable, writable));
}
