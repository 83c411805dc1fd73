using System.Runtime.InteropServices;

namespace Multiproc.Transport.Rings;

/// <summary>The reading end of a ring, for one thread of one process at a time. The content of the ring is not trusted.</summary>
internal sealed unsafe class RingReader
{
    private const int HeaderBytes = 8;

    private readonly RingControl* _control;
    private readonly byte* _data;
    private readonly int _capacity;
    private readonly byte* _bulk;
    private readonly int _bulkCapacity;
    private long _head;
    private long _bulkHead;
    private int _pending;
    private long _pendingBulk;

    /// <param name="memory">The control page and the ring behind it.</param>
    /// <param name="capacity">The bytes of the ring; a power of two.</param>
    /// <param name="bulk">The area of large records; null if there is none.</param>
    /// <param name="bulkCapacity">The bytes there; a power of two.</param>
    public RingReader(byte* memory, int capacity, byte* bulk = null, int bulkCapacity = 0)
    {
        _bulk = bulk;
        _bulkCapacity = bulkCapacity;
        _control = (RingControl*)memory;
        _data = memory + RingControl.DataOffset;
        _capacity = capacity;
        Resume();
    }

    /// <summary>Whether the ring has unread records. May be called by any thread.</summary>
    public bool HasUnread => Volatile.Read(ref _control->Tail) != Volatile.Read(ref _control->Head);

    /// <summary>Synchronizes with the ring's position: where processes take turns at one end, another may have read meanwhile.</summary>
    public void Resume()
    {
        _head = Volatile.Read(ref _control->Head);
        _bulkHead = Volatile.Read(ref _control->BulkHead);
        _pending = 0;
        _pendingBulk = 0;
    }

    /// <summary>Returns the next record in place; valid until <see cref="Release"/>.</summary>
    /// <exception cref="SerializationException">The ring is corrupt.</exception>
    public bool TryRead(out RecordKind kind, out ReadOnlySpan<byte> record)
    {
        while (true)
        {
            long available = Volatile.Read(ref _control->Tail) - _head;
            if (available == 0)
            {
                kind = default;
                record = default;
                return false;
            }

            int offset = (int)(_head & (_capacity - 1));

            // Read once, since the writer may change it concurrently; compared as long, since a length near the largest int must not overflow.
            int length = Volatile.Read(ref *(int*)(_data + offset));
            kind = (RecordKind)Volatile.Read(ref *(int*)(_data + offset + 4));
            long size = HeaderBytes + ((length + 7L) & ~7L);
            if (available < HeaderBytes || available > _capacity || length < 0 || size > available || size > _capacity - offset
                    || kind is < RecordKind.Frame or > RecordKind.Bulk)
            {
                throw new SerializationException(
                    $"Malformed frame: {length} bytes of kind {(int)kind} announced at {offset} of a ring of {_capacity} bytes with {available} bytes in it.");
            }

            _pending = (int)size;
            if (kind == RecordKind.Pad)
            {
                Release();
                continue;
            }

            record = new ReadOnlySpan<byte>(_data + offset + HeaderBytes, length);
            if (kind == RecordKind.Bulk)
            {
                record = Bulk(record, out kind);
            }

            return true;
        }
    }

    /// <summary>Returns the room of the last record to the writer.</summary>
    public void Release()
    {
        _head += _pending;
        _pending = 0;
        Volatile.Write(ref _control->Head, _head);

        // After the record: a reader that dies between the two leaves room unused until the next release, and no record that points to freed bytes.
        if (_pendingBulk > 0)
        {
            _bulkHead += _pendingBulk;
            _pendingBulk = 0;
            Volatile.Write(ref _control->BulkHead, _bulkHead);
        }
    }

    private ReadOnlySpan<byte> Bulk(ReadOnlySpan<byte> place, out RecordKind kind)
    {
        if (place.Length != 16 || _bulk is null)
        {
            throw new SerializationException($"Malformed frame: a place of {place.Length} bytes in a bulk area of {_bulkCapacity}.");
        }

        // Copied before they are checked: the writer may change them concurrently.
        Span<byte> copy = stackalloc byte[16];
        place.CopyTo(copy);
        kind = (RecordKind)MemoryMarshal.Read<int>(copy);
        int length = MemoryMarshal.Read<int>(copy[4..]);
        long position = MemoryMarshal.Read<long>(copy[8..]);
        long offset = position & (_bulkCapacity - 1);
        bool inside = length > 0 && offset + length <= _bulkCapacity && position >= _bulkHead && position - _bulkHead <= 2L * _bulkCapacity;
        if (!inside || kind is not (RecordKind.Frame or RecordKind.First or RecordKind.More))
        {
            throw new SerializationException(
                $"Malformed frame: {length} bytes of kind {(int)kind} at {position} of a bulk area of {_bulkCapacity} bytes, which is read up to {_bulkHead}.");
        }

        _pendingBulk = position - _bulkHead + ((length + 7L) & ~7L);
        return new ReadOnlySpan<byte>(_bulk + offset, length);
    }

    /// <summary>
    /// Whether the writer waits for room. Returns true once for each wait; the caller wakes the writer. See <see cref="RingWriter.MarkWaiting"/> for the order.
    /// </summary>
    public bool TakeWriterWaits()
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _control->WriterWaits) != 0 && Interlocked.Exchange(ref _control->WriterWaits, 0) != 0;
    }

    /// <summary>
    /// Whether half of the ring, and of the bulk area, is free, or nothing is unread. Bytes of the bulk area that a dead writer took count as filled; so do,
    /// until the next release, bytes that were skipped at its end.
    /// </summary>
    public bool IsHalfEmpty
    {
        get
        {
            long unread = Volatile.Read(ref _control->Tail) - _head;
            return unread == 0 || (unread <= _capacity / 2 && Volatile.Read(ref _control->BulkTail) - _bulkHead <= _bulkCapacity / 2);
        }
    }

    public bool IsEmpty => Volatile.Read(ref _control->Tail) == _head;
}
