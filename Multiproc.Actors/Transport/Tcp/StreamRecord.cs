using System.Buffers.Binary;

namespace Multiproc.Transport.Tcp;

/// <summary>
/// The records of a <see cref="StreamLink"/>: a length (int) and a kind, then that many bytes. No record is larger than <see cref="MaxBytes"/>: a larger frame
/// goes in parts, so that others go between.
/// </summary>
internal static class StreamRecord
{
    public const int HeaderBytes = 5;
    public const int PartBytes = 256 * 1024;

    /// <summary>A part begins with its lane and, the first one, the size of the frame.</summary>
    public const int FirstHeadBytes = 1 + sizeof(long);
    public const int MoreHeadBytes = 1;
    public const int MaxBytes = FirstHeadBytes + PartBytes;

    /// <summary>Frames that may be under way in parts at once: one of users' threads, one of handlers.</summary>
    public const int Lanes = 2;

    public static byte[] Whole(StreamRecordKind kind, ReadOnlySpan<byte> content)
    {
        byte[] record = new byte[HeaderBytes + content.Length];
        WriteHeader(record, kind, content.Length);
        content.CopyTo(record.AsSpan(HeaderBytes));
        return record;
    }

    public static void WriteHeader(Span<byte> record, StreamRecordKind kind, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, length);
        record[4] = (byte)kind;
    }
}

/// <summary>The numbers are on the wire.</summary>
internal enum StreamRecordKind : byte
{
    /// <summary>A whole frame.</summary>
    Frame = 0,

    /// <summary>Lane, size of the frame (long), its first bytes.</summary>
    First = 1,

    /// <summary>Lane, further bytes of the frame.</summary>
    More = 2,

    /// <summary>The token of a descriptor that was asked for: it does not travel.</summary>
    NoDescriptor = 3,

    /// <summary>The sender closes the link because it wants to: nothing is to be waited for.</summary>
    Bye = 4,
}
