using System.Buffers.Binary;

namespace Multiproc.Connections;

/// <summary>CPython's framing: four bytes of length, big-endian; for 2 GiB and more -1 and then eight bytes.</summary>
internal static class MessageHeader
{
    public const int ShortBytes = 4;
    public const int LongBytes = 12;
    public const int LongMark = -1;

    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> target, ulong size)
    {
        if (size <= int.MaxValue)
        {
            BinaryPrimitives.WriteInt32BigEndian(target, (int)size);
            return ShortBytes;
        }

        BinaryPrimitives.WriteInt32BigEndian(target, LongMark);
        BinaryPrimitives.WriteUInt64BigEndian(target[ShortBytes..], size);
        return LongBytes;
    }

    /// <returns>The size; <see cref="LongMark"/> if it follows in eight bytes; any other negative number is invalid.</returns>
    public static int ReadShort(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadInt32BigEndian(source);

    /// <returns>The size; negative if it is invalid.</returns>
    public static long ReadLong(ReadOnlySpan<byte> source) => (long)BinaryPrimitives.ReadUInt64BigEndian(source);
}
