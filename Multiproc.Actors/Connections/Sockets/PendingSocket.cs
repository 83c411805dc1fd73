using System.Runtime.InteropServices;
using Multiproc.Peers;

namespace Multiproc.Connections;

/// <summary>A connection's socket whose transfer to this process is pending.</summary>
internal sealed class PendingSocket(PendingDescriptor socket) : IPendingHandle
{
    public SafeHandle Wait() => socket.Wait();

    public void Abandon() => socket.Abandon();
}
