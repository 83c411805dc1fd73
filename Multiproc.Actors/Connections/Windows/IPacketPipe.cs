using System.Runtime.InteropServices;

namespace Multiproc.Connections.Windows;

/// <summary>A two-way pipe that keeps the borders of messages by itself, as a Windows pipe in message mode does.</summary>
internal interface IPacketPipe : IDisposable
{
    SafeHandle Handle { get; }

    /// <summary>Writes one message.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);

    /// <summary>Reads the next bytes of a message.</summary>
    ValueTask<PacketPart> ReadAsync(Memory<byte> target, CancellationToken cancellation);
}

/// <param name="Size">How many bytes came.</param>
/// <param name="IsLast">Whether the message ends with them.</param>
/// <param name="IsEnd">Whether the other end was closed instead.</param>
internal readonly record struct PacketPart(int Size, bool IsLast, bool IsEnd);
