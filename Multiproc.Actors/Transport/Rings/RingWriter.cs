using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Multiproc.Serialization;

namespace Multiproc.Transport.Rings;

/// <summary>The writing end of a ring, for one thread of one process at a time.</summary>
internal sealed unsafe class RingWriter
{
    private const int HeaderBytes = 8;

    private readonly RingControl* _control;
    private readonly byte* _data;
    private readonly int _capacity;
    private readonly byte* _bulk;
    private readonly int _bulkCapacity;
    private long _tail;
    private long _seenHead;
    private long _bulkTail;
    private long _bulkBegin;

    /// <param name="memory">The control page and the ring behind it.</param>
    /// <param name="capacity">The bytes of the ring; a power of two.</param>
    /// <param name="bulk">The area of large records; null sends large frames in parts.</param>
    /// <param name="bulkCapacity">The bytes there; a power of two.</param>
    public RingWriter(byte* memory, int capacity, byte* bulk = null, int bulkCapacity = 0)
    {
        _bulk = bulk;
        _bulkCapacity = bulkCapacity;
        _control = (RingControl*)memory;
        _data = memory + RingControl.DataOffset;
        _capacity = capacity;
        Resume();
    }

    /// <summary>The largest frame that is sent whole: with a quarter of the room each, several fit and none waits for an empty ring.</summary>
    public int LargestRecord => _bulk is null ? LargestInRing : _bulkCapacity / 4;

    /// <summary>Synchronizes with the ring's position: where processes take turns at one end, another may have written meanwhile.</summary>
    public void Resume()
    {
        _tail = Volatile.Read(ref _control->Tail);
        _bulkTail = Volatile.Read(ref _control->BulkTail);
        _seenHead = Volatile.Read(ref _control->Head);
    }

    private int LargestInRing => (_capacity / 4) - HeaderBytes;

    /// <summary>Writes a record from two parts, or nothing if there is no room.</summary>
    public bool TryWrite(RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool isStaged = false) =>
        head.Length + body.Length <= LargestInRing ? TryWriteInRing(kind, head, body, isStaged) : TryWriteBulk(kind, head, body);

    /// <summary>Writes a frame, copying its large arrays directly; or nothing if there is no room.</summary>
    public bool TryWrite(RecordKind kind, WireWriter inPieces) => TryWriteBulk(kind, default, default, inPieces);

    private bool TryWriteInRing(RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool isStaged = false)
    {
        int length = head.Length + body.Length;
        int needed = HeaderBytes + Align(length);
        int offset = (int)(_tail & (_capacity - 1));
        int untilEnd = _capacity - offset;
        int pad = untilEnd < needed ? untilEnd : 0;
        if (!HasRoom(pad + needed))
        {
            return false;
        }

        if (pad > 0)
        {
            WriteHeader(offset, pad - HeaderBytes, RecordKind.Pad);
            offset = 0;
        }

        byte* target = _data + offset + HeaderBytes;
        head.CopyTo(new Span<byte>(target, head.Length));
        body.CopyTo(new Span<byte>(target + head.Length, body.Length));
        WriteHeader(offset, length, kind);
        _tail += pad + needed;
        if (isStaged)
        {
            // Before the tail: from the store below on the record counts, and the staging buffer no longer.
            Volatile.Write(ref _control->StagingPublished, _tail);
        }

        // The release store publishes the record: a writer that dies before it has written nothing.
        Volatile.Write(ref _control->Tail, _tail);
        return true;
    }

    /// <summary>
    /// Requests a wake when there is room. The fence orders the mark before the caller's next attempt: either that
    /// attempt sees the reader's new head, or the reader sees the mark.
    /// </summary>
    public void MarkWaiting()
    {
        Volatile.Write(ref _control->WriterWaits, 1);
        Interlocked.MemoryBarrier();
    }

    /// <summary>
    /// Writes the content to the bulk area, and a record that refers to it into the ring: so the order of all frames is that of the ring. An empty area is used
    /// from its start again: with a quick reader large frames go through the same few pages.
    /// </summary>
    private bool TryWriteBulk(RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, WireWriter? inPieces = null)
    {
        int length = inPieces?.Total ?? head.Length + body.Length;
        long freed = Volatile.Read(ref _control->BulkHead);
        bool empty = freed == _bulkTail;
        int offset = (int)(_bulkTail & (_bulkCapacity - 1));
        long position = offset != 0 && (empty || _bulkCapacity - offset < length) ? _bulkTail + _bulkCapacity - offset : _bulkTail;

        // Bytes that were skipped when the empty area was restarted are free, though the reader has not passed them.
        long begin = empty ? position : _bulkBegin;
        if (position + Align(length) - Math.Max(freed, begin) > _bulkCapacity)
        {
            return false;
        }

        byte* target = _bulk + (position & (_bulkCapacity - 1));
        if (inPieces is not null)
        {
            inPieces.CopyTo(new Span<byte>(target, length));
        }
        else
        {
            head.CopyTo(new Span<byte>(target, head.Length));
            body.CopyTo(new Span<byte>(target + head.Length, body.Length));
        }

        Span<byte> place = stackalloc byte[16];
        MemoryMarshal.Write(place, (int)kind);
        MemoryMarshal.Write(place[4..], length);
        MemoryMarshal.Write(place[8..], position);

        // Before the record is published: a writer that dies between the two wastes room, but no unread bytes are overwritten.
        Volatile.Write(ref _control->BulkTail, position + Align(length));
        if (!TryWriteInRing(RecordKind.Bulk, default, place))
        {
            Volatile.Write(ref _control->BulkTail, _bulkTail);
            return false;
        }

        _bulkBegin = begin;
        _bulkTail = position + Align(length);
        return true;
    }

    private static int Align(int length) => (length + 7) & ~7;

    private bool HasRoom(int needed)
    {
        if (_tail + needed - _seenHead <= _capacity)
        {
            return true;
        }

        _seenHead = Volatile.Read(ref _control->Head);
        return _tail + needed - _seenHead <= _capacity;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteHeader(int offset, int length, RecordKind kind)
    {
        *(int*)(_data + offset) = length;
        *(int*)(_data + offset + 4) = (int)kind;
    }
}
