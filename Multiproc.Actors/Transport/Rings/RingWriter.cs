using System.Runtime.CompilerServices;

namespace Multiproc.Transport.Rings;

/// <summary>The writing end of a ring: one process, one thread at a time.</summary>
internal sealed unsafe class RingWriter
{
    private const int HeaderBytes = 8;

    private readonly RingControl* _control;
    private readonly byte* _data;
    private readonly int _capacity;
    private long _tail;
    private long _seenHead;

    public RingWriter(byte* memory, int capacity)
    {
        _control = (RingControl*)memory;
        _data = memory + RingControl.DataOffset;
        _capacity = capacity;
        _tail = Volatile.Read(ref _control->Tail);
        _seenHead = Volatile.Read(ref _control->Head);
    }

    /// <summary>Frames up to this size go whole; with a quarter of the ring each, several fit and none waits for an empty ring.</summary>
    public int LargestRecord => (_capacity / 4) - HeaderBytes;

    /// <summary>Writes a record of two parts, or nothing when there is no room.</summary>
    public bool TryWrite(RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
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

        // The release store is the one moment at which the record begins to exist: a writer that dies before it has written nothing.
        Volatile.Write(ref _control->Tail, _tail);
        return true;
    }

    /// <summary>
    /// Says that the writer wants to be rung when there is room. The fence orders the mark before the caller's next try: either that
    /// try sees the reader's new head, or the reader sees the mark.
    /// </summary>
    public void MarkWaiting()
    {
        Volatile.Write(ref _control->WriterWaits, 1);
        Interlocked.MemoryBarrier();
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
