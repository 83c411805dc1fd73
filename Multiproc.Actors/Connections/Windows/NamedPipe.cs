using System.Runtime.InteropServices;

namespace Multiproc.Connections.Windows;

/// <summary>
/// One instance of a Windows pipe in message mode, as CPython's <c>PipeConnection</c> uses it: without headers, since the pipe preserves message boundaries.
/// </summary>
internal sealed class NamedPipe(System.IO.Pipes.PipeStream stream) : IPacketPipe
{
    public SafeHandle Handle => stream.SafePipeHandle;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) => stream.WriteAsync(message, cancellation);

    public async ValueTask<PacketPart> ReadAsync(Memory<byte> target, CancellationToken cancellation)
    {
        int size = await stream.ReadAsync(target, cancellation).ConfigureAwait(false);

        // Both an empty message and the end of the stream are read as zero bytes.
        return size == 0 && !stream.IsConnected ? new PacketPart(0, IsLast: true, IsEnd: true) : new PacketPart(size, stream.IsMessageComplete, IsEnd: false);
    }

    public void Dispose() => stream.Dispose();
}
