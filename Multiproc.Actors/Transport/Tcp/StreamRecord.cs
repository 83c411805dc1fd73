using System.Buffers.Binary;

namespace Multiproc.Transport.Tcp;

/// <summary>
/// The records of a <see cref="StreamLink"/>: a length (int) and a kind, then that many bytes. No record is larger than <see cref="MaxBytes"/>: a larger frame
/// is sent in parts, so that others go between.
/// </summary>
internal static class StreamRecord
{
    public const int HeaderBytes = 5;
    public const int PartBytes = 256 * 1024;

    /// <summary>A part begins with its lane and, the first one, the size of the frame.</summary>
    public const int FirstHeadBytes = 1 + sizeof(long);
    public const int MoreHeadBytes = 1;
    public const int MaxBytes = FirstHeadBytes + PartBytes;

    /// <summary>The number of frames that may be sent in parts at once: one of users' threads, one of handlers.</summary>
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

/// <summary>The kinds of records. The numbers are part of the wire format.</summary>
internal enum StreamRecordKind : byte
{
    /// <summary>A whole frame.</summary>
    Frame = 0,

    /// <summary>Lane, size of the frame (long), its first bytes.</summary>
    First = 1,

    /// <summary>Lane, further bytes of the frame.</summary>
    More = 2,

    /// <summary>The token of a requested descriptor, which cannot be sent.</summary>
    NoDescriptor = 3,

    /// <summary>Close notify: the sender closes the link deliberately, so that the receiver does not wait for a reconnect.</summary>
    Bye = 4,
}
