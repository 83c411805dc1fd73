using System.Buffers.Binary;

namespace Multiproc.Transport.Tcp;

/// <summary>
/// Writes frames to a stream. A user's thread waits until its frame is written, and writes itself if no other thread does. A handler writes a small frame
/// itself if nothing else is to be written and the socket has room; else its frame is queued, and a thread of the outbox writes it, since those of the thread
/// pool may all be busy with users' objects. Large frames are sent in parts, with others between.
/// </summary>
/// <remarks>
/// If <see cref="Send"/> throws, the frame was not completely sent, so the other side cannot have acted on it: the sender may send it again over
/// another connection.
/// <para>
/// A write to a stream whose other side does not read cannot be ended. So a thread with a wait limit writes only what cannot block; else it lets the thread of
/// the outbox write, and waits no longer than its limit. A frame that was not begun by then is withdrawn; one that was begun is completed when the other side
/// reads again, and what was queued by handlers goes after it: that may take the call back which the frame brings.
/// </para>
/// </remarks>
/// <param name="stream">The stream.</param>
/// <param name="peer">The other side, for error texts.</param>
/// <param name="cut">Ends the connection.</param>
/// <param name="hasRoom">Whether a write of <see cref="StreamOutbox.Modest"/> bytes does not block now; null when that is not known.</param>
internal sealed class StreamOutbox(Stream stream, string peer, Action cut, Func<bool>? hasRoom = null)
{
    /// <summary>The maximum size of the replies queued for a peer that does not read.</summary>
    public const long MaxBacklog = 1L << 30;

    /// <summary>The size of a frame up to which a socket that is ready to write takes it at once: it has a third of its buffer free then.</summary>
    public const int Modest = 4096;

    /// <summary>The most bytes that handlers may queue.</summary>
    public long Backlog { get; init; } = MaxBacklog;

    private const byte UserLane = 0;
    private const byte HandlerLane = 1;

    private readonly object _gate = new();
    private readonly Queue<OutFrame> _small = new();
    private readonly Queue<OutFrame> _large = new();
    private readonly Queue<OutFrame> _handlers = new();
    private readonly byte[] _part = new byte[StreamRecord.HeaderBytes + StreamRecord.MaxBytes];
    private long _backlog;
    private int _left;
    private Thread? _writer;
    private int _turn;
    private bool _writing;
    private bool _failed;

    /// <exception cref="ConnectionLostException">The connection is gone, or broke before all of the frame was taken.</exception>
    /// <exception cref="MultiprocTimeoutException">The other side took nothing within the wait limit of this thread.</exception>
    /// <exception cref="OperationCanceledException">The token of the wait limit was canceled.</exception>
    public void Send(ReadOnlySpan<byte> content, StreamRecordKind kind, bool mayWait)
    {
        var frame = new OutFrame(
            content.Length <= StreamRecord.PartBytes ? StreamRecord.Whole(kind, content) : content.ToArray(), content.Length > StreamRecord.PartBytes);
        var limit = WaitLimit.OfThread;
        lock (_gate)
        {
            ThrowIfFailed();
            if (!mayWait)
            {
                if (!MayWriteNow_UnderGate(frame))
                {
                    Queue_UnderGate(frame);
                    return;
                }

                // A hop to the thread of the outbox would take longer than the write.
                _writing = true;
            }
            else if (!TryAwaitTurn_UnderGate(frame, limit))
            {
                return;
            }
        }

        Write(frame, ownFirst: !mayWait || !limit.IsNone);
        if (!frame.IsDone)
        {
            throw Lost();
        }
    }

    /// <summary>Waits until this thread may write, or until another one has written the frame. Returns false if there is nothing left to do.</summary>
    private bool TryAwaitTurn_UnderGate(OutFrame frame, in WaitLimit limit)
    {
        bool mayWrite = limit.IsNone || MayWriteNow_UnderGate(frame);
        if (!mayWrite)
        {
            StartWriter_UnderGate();
        }

        (frame.IsLarge ? _large : _small).Enqueue(frame);
        if (!mayWrite)
        {
            AwaitWriter_UnderGate(frame, limit);
            return false;
        }

        while (_writing && !frame.IsDone && !_failed)
        {
            Monitor.Wait(_gate);
        }

        if (frame.IsDone)
        {
            return false;
        }

        ThrowIfFailed();
        _writing = true;
        return true;
    }

    /// <summary>Whether a write does not block: the frame is small, none comes before it, and the socket has room.</summary>
    private bool MayWriteNow_UnderGate(OutFrame frame) =>
        !_writing && IsIdle_UnderGate() && frame.Bytes.Length <= Modest && hasRoom?.Invoke() == true;

    /// <summary>
    /// Sends a close notify after the current frame: without it the other side would take the end for a broken connection and try to reconnect. The caller
    /// shuts the stream down if that takes too long.
    /// </summary>
    public void TrySayBye()
    {
        lock (_gate)
        {
            while (_writing && !_failed)
            {
                Monitor.Wait(_gate);
            }

            if (_failed)
            {
                return;
            }

            _writing = true;
        }

        try
        {
            stream.Write(StreamRecord.Whole(StreamRecordKind.Bye, []));
        }
        catch (Exception lost) when (lost is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The other side has closed first.
        }

        Fail();
    }

    /// <summary>Ends all writing; waiting senders fail.</summary>
    public void Fail()
    {
        lock (_gate)
        {
            _failed = true;
            _writing = false;
            _handlers.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    private void Queue_UnderGate(OutFrame frame)
    {
        _backlog += frame.Bytes.Length;
        if (_backlog > Backlog)
        {
            _failed = true;
            Monitor.PulseAll(_gate);
            cut();
            throw new ConnectionLostException(
                $"{peer} sends requests but does not read the replies: {_backlog} bytes were queued for it, and it was disconnected.");
        }

        StartWriter_UnderGate();
        _handlers.Enqueue(frame);
    }

    /// <summary>Starts or wakes the thread of the outbox, which looks for frames when the gate is free.</summary>
    private void StartWriter_UnderGate()
    {
        if (_writer is null)
        {
            var writer = new Thread(WriteForOthers, 256 * 1024) { IsBackground = true, Name = "multiproc link writer" };
            SharedMemory.OwnThread.Start(writer);
            _writer = writer;
        }
        else if (!_writing)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private bool IsIdle_UnderGate() => _small.Count + _large.Count + _handlers.Count == 0;

    private void AwaitWriter_UnderGate(OutFrame frame, in WaitLimit limit)
    {
        using var registration = limit.Token.UnsafeRegister(
            static gate =>
            {
                lock (gate!)
                {
                    Monitor.PulseAll(gate);
                }
            }, _gate);
        while (!frame.IsDone)
        {
            ThrowIfFailed();
            if (limit.IsCancelled || limit.IsOver)
            {
                if (!frame.IsBegun)
                {
                    Withdraw_UnderGate(frame.IsLarge ? _large : _small, frame);
                    throw limit.IsCancelled
                        ? new OperationCanceledException($"Sending to {peer}, which does not read, was cancelled: nothing was sent.", limit.Token)
                        : limit.Exceeded("Sending", peer);
                }

                frame.IsLeft = true;
                _left++;
                return;
            }

            Monitor.Wait(_gate, limit.UntilNextCheck is { } next ? TimeSpan.FromMilliseconds(Math.Ceiling(next.TotalMilliseconds)) : Timeout.InfiniteTimeSpan);
        }
    }

    private static void Withdraw_UnderGate(Queue<OutFrame> queue, OutFrame frame)
    {
        for (int i = queue.Count; i > 0; i--)
        {
            var each = queue.Dequeue();
            if (!ReferenceEquals(each, frame))
            {
                queue.Enqueue(each);
            }
        }
    }

    private void WriteForOthers()
    {
        while (true)
        {
            lock (_gate)
            {
                while ((_writing || IsIdle_UnderGate()) && !_failed)
                {
                    Monitor.Wait(_gate);
                }

                if (_failed)
                {
                    return;
                }

                _writing = true;
            }

            Write(null);
        }
    }

    /// <summary>Writes until the given frame is done - or all frames, if none is given - then leaves the rest to the next thread.</summary>
    private void Write(OutFrame? own, bool ownFirst = false)
    {
        for (var turn = ownFirst ? (own!, UserLane) : Next(own); turn is { } next; turn = Next(own))
        {
            try
            {
                WriteSome(next.Frame, next.Lane);
            }
            catch (Exception lost) when (lost is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // The reader notices the broken connection and notifies the handler.
                Fail();
                cut();
                return;
            }
        }
    }

    /// <summary>Selects the next record: small frames, parts of large ones and queued frames of handlers take turns.</summary>
    private (OutFrame Frame, byte Lane)? Next(OutFrame? own)
    {
        lock (_gate)
        {
            if (_failed)
            {
                return null;
            }

            Retire(_small);
            Retire(_large);
            Retire(_handlers);
            if (own is not { IsDone: true })
            {
                for (int i = 0; i < 3; i++)
                {
                    _turn = (_turn + 1) % 3;
                    if ((_turn switch { 0 => _small, 1 => _large, _ => _handlers }).TryPeek(out var frame) && (_turn != 2 || _left == 0))
                    {
                        frame.IsBegun = true;
                        return (frame, _turn == 2 ? HandlerLane : UserLane);
                    }
                }
            }

            _writing = false;
            Monitor.PulseAll(_gate);
            return null;
        }
    }

    private void Retire(Queue<OutFrame> queue)
    {
        while (queue.TryPeek(out var first) && first.IsDone)
        {
            queue.Dequeue();
            _left -= first.IsLeft ? 1 : 0;
            if (ReferenceEquals(queue, _handlers))
            {
                _backlog -= first.Bytes.Length;
            }
            else
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void WriteSome(OutFrame frame, byte lane)
    {
        if (!frame.IsLarge)
        {
            stream.Write(frame.Bytes);
            frame.IsDone = true;
            return;
        }

        bool isFirst = frame.Sent == 0;
        int head = isFirst ? StreamRecord.FirstHeadBytes : StreamRecord.MoreHeadBytes;
        int size = Math.Min(StreamRecord.PartBytes, frame.Bytes.Length - frame.Sent);
        StreamRecord.WriteHeader(_part, isFirst ? StreamRecordKind.First : StreamRecordKind.More, head + size);
        _part[StreamRecord.HeaderBytes] = lane;
        if (isFirst)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_part.AsSpan(StreamRecord.HeaderBytes + 1), frame.Bytes.Length);
        }

        frame.Bytes.AsSpan(frame.Sent, size).CopyTo(_part.AsSpan(StreamRecord.HeaderBytes + head));
        stream.Write(_part.AsSpan(0, StreamRecord.HeaderBytes + head + size));
        frame.Sent += size;
        frame.IsDone = frame.Sent == frame.Bytes.Length;
    }

    private void ThrowIfFailed()
    {
        if (_failed)
        {
            throw Lost();
        }
    }

    private ConnectionLostException Lost() => new($"{peer} has ended or closed the connection: nothing can be sent to it.");

    private sealed class OutFrame(byte[] bytes, bool isLarge)
    {
        /// <summary>The bytes of a small frame with its header, or the content of a large one.</summary>
        public byte[] Bytes => bytes;

        public bool IsLarge => isLarge;

        public int Sent { get; set; }

        public bool IsBegun { get; set; }

        /// <summary>Whether its sender gave up waiting for it.</summary>
        public bool IsLeft { get; set; }

        public bool IsDone { get; set; }
    }
}
