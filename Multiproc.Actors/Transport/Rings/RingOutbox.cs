using Multiproc.Serialization;

namespace Multiproc.Transport.Rings;

/// <summary>
/// Writes frames to one ring for all threads of the process. When the ring is full, a user's thread waits - and delivers
/// messages meanwhile, so that two processes which flood each other both make progress - while a handler's frame is queued here and written when there is room.
/// </summary>
internal sealed class RingOutbox
{
    // One more may come from the backlog.
    private const int MaxOwnStreams = RingInbox.MaxStreams - 1;

    private readonly Lock _gate = new();
    private readonly FrameWriter _writer;
    private readonly RingBacklog _backlog;
    private readonly Func<bool> _isClosed;
    private readonly Action _beforeWait;
    private readonly string _peer;
    private readonly List<WaitSlot> _waiters = [];
    private int _openStreams;
    private bool _failed;
    private bool _retired;

    public RingOutbox(RingWriter writer, Action<Wake> ring, Func<bool> isClosed, Action beforeWait, string peer)
    {
        _writer = new FrameWriter(writer, ring);
        _backlog = new RingBacklog(_writer);
        _isClosed = isClosed;
        _beforeWait = beforeWait;
        _peer = peer;
    }

    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    public void Send(ReadOnlySpan<byte> frame, Wake wake, bool isStaged = false)
    {
        if (!_writer.FitsWhole(frame.Length))
        {
            SendLarge(frame);
            return;
        }

        WaitSlot? room = null;
        while (!TrySend(frame, null, wake, isStaged, ref room))
        {
            AwaitRoom(room!);
        }
    }

    /// <summary>Sends the frame in a writer. Referenced arrays are copied directly to the bulk area if the frame is sent in one piece.</summary>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    public void Send(WireWriter frame, Wake wake)
    {
        if (!frame.HasPieces || !_writer.FitsWhole(frame.Total))
        {
            Send(frame.HasPieces ? frame.ToArray() : frame.Written, wake);
            return;
        }

        WaitSlot? room = null;
        while (!TrySend(default, frame, wake, isStaged: false, ref room))
        {
            AwaitRoom(room!);
        }
    }

    /// <summary>Runs an action on the link's memory, unless that is no longer mapped.</summary>
    public void WhileOpen(Action<long> use, long argument)
    {
        lock (_gate)
        {
            if (!_retired)
            {
                use(argument);
            }
        }
    }

    /// <summary>Wakes the receiver for frames that were sent without a wake, unless the memory is no longer mapped.</summary>
    public void Announce(Wake wake)
    {
        lock (_gate)
        {
            if (!_retired)
            {
                _writer.Announce(wake);
            }
        }
    }

    /// <summary>Runs in the reactor when the peer has made room, or died.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (!_retired)
            {
                _backlog.Flush();
            }

            if (_backlog.IsEmpty)
            {
                WakeWaiters();
            }
        }
    }

    /// <summary>Ends all waits for room, since the peer is gone.</summary>
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

    private bool TrySend(ReadOnlySpan<byte> frame, WireWriter? inPieces, Wake wake, bool isStaged, ref WaitSlot? room)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (_backlog.IsEmpty && _writer.TryWriteWhole(frame, isStaged, inPieces))
            {
                if (wake != Wake.Later)
                {
                    _writer.Announce(wake);
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

    /// <summary>Sends a large frame in parts, so that frames of other threads go between, and the receiver works while we write.</summary>
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

        int stream = _writer.NextStream();
        int sent = 0;
        WaitSlot? room = null;
        while (sent < frame.Length)
        {
            bool written;
            lock (_gate)
            {
                ThrowIfClosed();
                written = _backlog.IsEmpty && TryWriteOwnPart(stream, frame, ref sent);
                if (!written)
                {
                    PrepareToWait(ref room);
                }
                else
                {
                    _writer.Announce(Wake.Always);
                }
            }

            if (!written && !TryAwaitRoom(room!, out var limit) && !TryLeaveRest(stream, frame, ref sent))
            {
                throw Exceeded(limit);
            }
        }
    }

    /// <summary>
    /// Ends the wait of a sender. A frame that was begun must be completed, or the receiver would wait for the rest forever: it is written when there is room.
    /// </summary>
    /// <returns>False if nothing was written yet: then nothing is sent.</returns>
    private bool TryLeaveRest(int stream, ReadOnlySpan<byte> frame, ref int sent)
    {
        if (sent == 0)
        {
            return false;
        }

        lock (_gate)
        {
            ThrowIfClosed();
            _backlog.AddRest(frame.ToArray(), stream, sent, EndOwnStream);
            _backlog.Flush();
        }

        sent = frame.Length;
        return true;
    }

    private void EndOwnStream()
    {
        _openStreams--;
        WakeWaiters();
    }

    /// <summary>Waits until another frame may be sent in parts: the receiver assembles a bounded number of frames at once.</summary>
    private bool TryWriteOwnPart(int stream, ReadOnlySpan<byte> frame, ref int sent)
    {
        bool first = sent == 0;
        if ((first && _openStreams == MaxOwnStreams) || !_writer.TryWritePart(stream, frame, ref sent))
        {
            return false;
        }

        _openStreams += first ? 1 : 0;
        if (sent == frame.Length)
        {
            EndOwnStream();
        }

        return true;
    }

    private void Keep(byte[] frame)
    {
        _backlog.Add(frame);
        _backlog.Flush();
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

    /// <exception cref="MultiprocTimeoutException">There was no room within the wait limit of this thread.</exception>
    /// <exception cref="OperationCanceledException">The token of the wait limit was canceled.</exception>
    private void AwaitRoom(WaitSlot room)
    {
        if (!TryAwaitRoom(room, out var limit))
        {
            throw Exceeded(limit);
        }
    }

    private bool TryAwaitRoom(WaitSlot room, out WaitLimit limit)
    {
        _beforeWait();
        limit = WaitLimit.OfThread;
        if (limit.Await(room))
        {
            return true;
        }

        lock (_gate)
        {
            _waiters.Remove(room);
        }

        return false;
    }

    private Exception Exceeded(in WaitLimit limit) => limit.IsCancelled
        ? new OperationCanceledException($"Sending to {_peer}, which does not read, was cancelled: nothing was sent.", limit.Token)
        : limit.Exceeded("Sending", _peer);

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
        if (_failed || _retired || _isClosed())
        {
            throw new ConnectionLostException($"{_peer} has ended or closed the connection: nothing can be sent to it.");
        }
    }
}
