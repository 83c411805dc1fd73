using System.Runtime.InteropServices;
using Multiproc.Serialization;

namespace Multiproc.Transport.Rings;

/// <summary>
/// Writes frames to one ring for all threads of the process. When the ring is full a user's thread waits - and delivers
/// messages meanwhile, so two processes that flood each other both get on - while a handler's frame is kept here and written when there is room.
/// </summary>
internal sealed class RingOutbox(RingWriter writer, Action<Wake> ring, Func<bool> isClosed, Action beforeWait, string peer)
{
    private const int FirstHeader = 16;
    private const int MoreHeader = 8;

    // One more may come from the backlog.
    private const int MaxOwnStreams = RingInbox.MaxStreams - 1;

    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _backlog = new();
    private readonly List<WaitSlot> _waiters = [];
    private int _backlogSent;
    private int _backlogStream;
    private int _lastStream;
    private int _openStreams;
    private bool _failed;
    private bool _retired;

    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    public void Send(ReadOnlySpan<byte> frame, Wake wake, bool isDraft = false)
    {
        if (frame.Length > writer.LargestRecord)
        {
            SendLarge(frame);
            return;
        }

        WaitSlot? room = null;
        while (!TrySend(frame, null, wake, isDraft, ref room))
        {
            AwaitRoom(room!);
        }
    }

    /// <summary>Arrays that stayed where they are go from there to the bulk area, if they go in one piece.</summary>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    public void Send(WireWriter frame, Wake wake)
    {
        if (!frame.HasPieces || frame.Total > writer.LargestRecord)
        {
            Send(frame.HasPieces ? frame.ToArray() : frame.Written, wake);
            return;
        }

        WaitSlot? room = null;
        while (!TrySend(default, frame, wake, isDraft: false, ref room))
        {
            AwaitRoom(room!);
        }
    }

    /// <summary>For what was sent to be announced later. Not when nobody maps the memory any more.</summary>
    public void Announce(Wake wake)
    {
        lock (_gate)
        {
            if (!_retired)
            {
                ring(wake);
            }
        }
    }

    /// <summary>Runs as reactor when the peer has made room, or died.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            FlushBacklog();
            if (_backlog.Count == 0)
            {
                WakeWaiters();
            }
        }
    }

    /// <summary>The peer is gone: nobody waits for room any more.</summary>
    public void Fail()
    {
        lock (_gate)
        {
            _failed = true;
            _backlog.Clear();
            WakeWaiters();
        }
    }

    /// <summary>Ends all use of the ring, then runs <paramref name="release"/>.</summary>
    public void Retire(Action release)
    {
        lock (_gate)
        {
            _failed = true;
            if (!_retired)
            {
                _retired = true;
                WakeWaiters();
                release();
            }
        }
    }

    private bool TrySend(ReadOnlySpan<byte> frame, WireWriter? inPieces, Wake wake, bool isDraft, ref WaitSlot? room)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (_backlog.Count == 0 && TryWrite(RecordKind.Frame, default, frame, isDraft, inPieces))
            {
                if (wake != Wake.Later)
                {
                    ring(wake);
                }

                return true;
            }

            if (Reactor.InHandler)
            {
                Keep(inPieces?.ToArray() ?? frame.ToArray());
                return true;
            }

            PrepareToWait(ref room);
            return false;
        }
    }

    /// <summary>Part by part, so that frames of other threads go between, and the receiver works while we write.</summary>
    private void SendLarge(ReadOnlySpan<byte> frame)
    {
        if (Reactor.InHandler)
        {
            lock (_gate)
            {
                ThrowIfClosed();
                Keep(frame.ToArray());
            }

            return;
        }

        int stream = Interlocked.Increment(ref _lastStream);
        int sent = 0;
        WaitSlot? room = null;
        while (sent < frame.Length)
        {
            bool written;
            lock (_gate)
            {
                ThrowIfClosed();
                written = _backlog.Count == 0 && TryWriteOwnPart(stream, frame, ref sent);
                if (!written)
                {
                    PrepareToWait(ref room);
                }
                else
                {
                    ring(Wake.Always);
                }
            }

            if (!written)
            {
                AwaitRoom(room!);
            }
        }
    }

    /// <summary>
    /// One retry after the mark closes the race with a reader that made room just before it. What fills the ring may all have been sent without
    /// waking anybody: the reader must be woken now, or both would wait for ever.
    /// </summary>
    private bool TryWrite(RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool isDraft = false, WireWriter? inPieces = null)
    {
        if (TryWriteOnce(kind, head, body, isDraft, inPieces))
        {
            return true;
        }

        writer.MarkWaiting();
        if (TryWriteOnce(kind, head, body, isDraft, inPieces))
        {
            return true;
        }

        ring(Wake.Always);
        return false;
    }

    private bool TryWriteOnce(RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool isDraft, WireWriter? inPieces) =>
        inPieces is null ? writer.TryWrite(kind, head, body, isDraft) : writer.TryWrite(kind, inPieces);

    /// <summary>The receiver puts a bounded number of frames together at once: a further one waits until one of ours is whole.</summary>
    private bool TryWriteOwnPart(int stream, ReadOnlySpan<byte> frame, ref int sent)
    {
        bool first = sent == 0;
        if ((first && _openStreams == MaxOwnStreams) || !TryWritePart(stream, frame, ref sent))
        {
            return false;
        }

        _openStreams += first ? 1 : 0;
        if (sent == frame.Length)
        {
            _openStreams--;
            WakeWaiters();
        }

        return true;
    }

    private bool TryWritePart(int stream, ReadOnlySpan<byte> frame, ref int sent)
    {
        Span<byte> header = stackalloc byte[FirstHeader];
        header.Clear();
        MemoryMarshal.Write(header, stream);
        bool first = sent == 0;
        if (first)
        {
            MemoryMarshal.Write(header[8..], (long)frame.Length);
        }

        var part = frame.Slice(sent, Math.Min(frame.Length - sent, writer.LargestRecord - FirstHeader));
        if (!TryWrite(first ? RecordKind.First : RecordKind.More, header[..(first ? FirstHeader : MoreHeader)], part))
        {
            return false;
        }

        sent += part.Length;
        return true;
    }

    private void Keep(byte[] frame)
    {
        _backlog.Enqueue(frame);
        FlushBacklog();
    }

    private void FlushBacklog()
    {
        bool wrote = false;
        while (!_retired && _backlog.TryPeek(out byte[]? frame))
        {
            if (frame.Length <= writer.LargestRecord)
            {
                if (!TryWrite(RecordKind.Frame, default, frame))
                {
                    break;
                }
            }
            else
            {
                if (_backlogSent == 0)
                {
                    _backlogStream = Interlocked.Increment(ref _lastStream);
                }

                if (!TryWritePart(_backlogStream, frame, ref _backlogSent))
                {
                    break;
                }

                wrote = true;
                if (_backlogSent < frame.Length)
                {
                    continue;
                }

                _backlogSent = 0;
            }

            wrote = true;
            _backlog.Dequeue();
        }

        if (wrote)
        {
            ring(Wake.Always);
        }
    }

    private void PrepareToWait(ref WaitSlot? room)
    {
        if (room is null)
        {
            room = new WaitSlot();
        }
        else
        {
            room.Reset();
        }

        _waiters.Add(room);
    }

    private void AwaitRoom(WaitSlot room)
    {
        beforeWait();
        Reactor.Current.WaitUntil(room, null, CancellationToken.None);
    }

    private void WakeWaiters()
    {
        foreach (var waiter in _waiters)
        {
            waiter.Complete();
        }

        _waiters.Clear();
    }

    private void ThrowIfClosed()
    {
        if (_failed || _retired || isClosed())
        {
            throw new ConnectionLostException($"{peer} has ended or closed the connection: nothing can be sent to it.");
        }
    }
}
