using System.Runtime.InteropServices;

namespace Multiproc.Transport.Rings;

/// <summary>
/// The control page of a ring: positions grow for ever and are taken modulo the data size. Writer and reader own a cache line each.
/// The data follows at <see cref="DataOffset"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = DataOffset)]
internal struct RingControl
{
    public const int DataOffset = 256;

    /// <summary>Where the next frame will begin; written by the writer, after the frame before it is whole.</summary>
    [FieldOffset(0)]
    public long Tail;

    /// <summary>Where the record that publishes the staging buffer ends; written before the tail says so. Then the staging buffer counts no more.</summary>
    [FieldOffset(8)]
    public long StagingPublished;

    /// <summary>How many bytes of the staging buffer are whole.</summary>
    [FieldOffset(16)]
    public int StagedLength;

    /// <summary>Up to where the bulk area is filled; written by the writer, before the record that says so.</summary>
    [FieldOffset(24)]
    public long BulkTail;

    /// <summary>Where the oldest unread frame begins; written by the reader.</summary>
    [FieldOffset(64)]
    public long Head;

    /// <summary>1 while the writer waits for room; set by the writer, cleared by the reader that rings it.</summary>
    [FieldOffset(128)]
    public int WriterWaits;

    /// <summary>Up to where the bulk area is free again; written by the reader.</summary>
    [FieldOffset(192)]
    public long BulkHead;
}

/// <summary>What lies between two positions. Each record begins with its length (int) and its kind (int), and ends on a multiple of 8.</summary>
internal enum RecordKind
{
    /// <summary>A whole frame.</summary>
    Frame = 1,

    /// <summary>Nothing: the rest of the ring up to its end, since a record is never split.</summary>
    Pad = 2,

    /// <summary>The beginning of a frame too large for the ring: stream (int), 0 (int), total size (long), bytes.</summary>
    First = 3,

    /// <summary>More of it: stream (int), 0 (int), bytes.</summary>
    More = 4,

    /// <summary>One of the others, whose content lies in the bulk area: its kind (int), its length (int), its position there (long).</summary>
    Bulk = 5,
}
