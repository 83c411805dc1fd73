namespace Multiproc.Transport.Rings;

/// <summary>The reading end: one process, one thread at a time. Nothing that lies in the ring is trusted.</summary>
internal sealed unsafe class RingReader
{
    private const int HeaderBytes = 8;

    private readonly RingControl* _control;
    private readonly byte* _data;
    private readonly int _capacity;
    private long _head;
    private int _pending;

    public RingReader(byte* memory, int capacity)
    {
        _control = (RingControl*)memory;
        _data = memory + RingControl.DataOffset;
        _capacity = capacity;
        _head = Volatile.Read(ref _control->Head);
    }

    /// <summary>The next record, in place; valid until <see cref="Release"/>.</summary>
    /// <exception cref="SerializationException">What lies there is not a record.</exception>
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

            // Read once, since the writer may change it under our eyes; compared as long, since a length near the largest int must not wrap.
            int length = Volatile.Read(ref *(int*)(_data + offset));
            kind = (RecordKind)Volatile.Read(ref *(int*)(_data + offset + 4));
            long size = HeaderBytes + ((length + 7L) & ~7L);
            if (available < HeaderBytes || available > _capacity || length < 0 || size > available || size > _capacity - offset || kind is < RecordKind.Frame or > RecordKind.More)
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
            return true;
        }
    }

    /// <summary>Gives the room of the last record back to the writer.</summary>
    public void Release()
    {
        _head += _pending;
        _pending = 0;
        Volatile.Write(ref _control->Head, _head);
    }

    /// <summary>Does the writer wait for room? Tells it once; the caller rings. See <see cref="RingWriter.MarkWaiting"/> for the order.</summary>
    public bool TakeWriterWaits()
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _control->WriterWaits) != 0 && Interlocked.Exchange(ref _control->WriterWaits, 0) != 0;
    }

    public bool IsEmpty => Volatile.Read(ref _control->Tail) == _head;
}
