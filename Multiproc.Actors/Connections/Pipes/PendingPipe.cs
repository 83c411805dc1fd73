using System.Runtime.InteropServices;
using Multiproc.Peers;

namespace Multiproc.Connections.Pipes;

/// <summary>A side of a pipe whose transfer to this process is pending: its socket and its memory.</summary>
internal sealed class PendingPipe(PendingDescriptor socket, PendingDescriptor memory, int side) : IPendingHandle
{
    private readonly Lock _gate = new();
    private PipeHandle? _pipe;

    public SafeHandle Wait()
    {
        lock (_gate)
        {
            return _pipe ??= new PipeHandle(socket.Wait(), PipeMemory.Adopt(memory.Wait().Detach()), side, counted: true);
        }
    }

    public void Abandon()
    {
        socket.Abandon();
        memory.Abandon();
    }
}
