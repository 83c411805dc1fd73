using System.Runtime.InteropServices;

namespace Multiproc.Connections.Windows;

/// <summary>A bidirectional pipe that preserves message boundaries, like a Windows pipe in message mode.</summary>
internal interface IPacketPipe : IDisposable
{
    SafeHandle Handle { get; }

    /// <summary>Writes one message.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);

    /// <summary>Reads the next bytes of a message.</summary>
    ValueTask<PacketPart> ReadAsync(Memory<byte> target, CancellationToken cancellation);
}

/// <param name="Size">The number of bytes received.</param>
/// <param name="IsLast">Whether they end the message.</param>
/// <param name="IsEnd">Whether the other end was closed instead.</param>
internal readonly record struct PacketPart(int Size, bool IsLast, bool IsEnd);
