using System.Runtime.InteropServices;

namespace Multiproc.Transport.Rings;

/// <summary>
/// The control page of a ring: positions grow forever and are taken modulo the data size. Writer and reader own a cache line each.
/// The data follows at <see cref="DataOffset"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = DataOffset)]
internal struct RingControl
{
    public const int DataOffset = 256;

    /// <summary>The position at which the next frame will begin; written by the writer after the previous frame is complete.</summary>
    [FieldOffset(0)]
    public long Tail;

    /// <summary>
    /// The end of the record that publishes the staging buffer; written before the tail reaches it. From then on the staging buffer no longer counts.
    /// </summary>
    [FieldOffset(8)]
    public long StagingPublished;

    /// <summary>The number of committed bytes of the staging buffer.</summary>
    [FieldOffset(16)]
    public int StagedLength;

    /// <summary>The position up to which the bulk area is filled; written by the writer before the record that refers to it.</summary>
    [FieldOffset(24)]
    public long BulkTail;

    /// <summary>The position of the oldest unread frame; written by the reader.</summary>
    [FieldOffset(64)]
    public long Head;

    /// <summary>1 while the writer waits for room; set by the writer, cleared by the reader that wakes it.</summary>
    [FieldOffset(128)]
    public int WriterWaits;

    /// <summary>The position up to which the bulk area is free again; written by the reader.</summary>
    [FieldOffset(192)]
    public long BulkHead;
}

/// <summary>The kind of a record. Each record begins with its length (int) and its kind (int), and ends on a multiple of 8.</summary>
internal enum RecordKind
{
    /// <summary>A whole frame.</summary>
    Frame = 1,

    /// <summary>Padding up to the end of the ring, since a record is never split.</summary>
    Pad = 2,

    /// <summary>The beginning of a frame too large for the ring: stream (int), 0 (int), total size (long), bytes.</summary>
    First = 3,

    /// <summary>The continuation of such a frame: stream (int), 0 (int), bytes.</summary>
    More = 4,

    /// <summary>A record of another kind whose content lies in the bulk area: its kind (int), its length (int), its position there (long).</summary>
    Bulk = 5,
}
