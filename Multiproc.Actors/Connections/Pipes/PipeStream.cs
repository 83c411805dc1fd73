using Multiproc.SharedMemory;
using Multiproc.Transport;
using Multiproc.Transport.Rings;

namespace Multiproc.Connections.Pipes;

/// <summary>
/// Transfers messages between processes of one machine, over rings in mapped memory. A waiting thread sleeps on a futex of the pipe, which the sender wakes
/// directly. Processes that hold the same side take turns of one whole message each; no data is buffered in this process.
/// </summary>
/// <remarks>
/// A message up to <see cref="RingWriter.LargestRecord"/> is one record: if its sender dies, it is complete or absent. A larger message takes several records;
/// its sender keeps the turn until the last one, so a receiver that finds the turn without a living holder within a message knows that no more will come.
/// </remarks>
internal sealed unsafe partial class PipeStream(Endpoint endpoint, bool readable, bool writable) : MessageStream(endpoint, readable, writable)
{
    private readonly SpinPolicy _dataSpin = new();
    private readonly SpinPolicy _roomSpin = new();
    private PipeHandle? _pipe;
    private BellWaker? _dataWaker;
    private BellWaker? _roomWaker;

    /// <exception cref="IOException">The pipe is closed.</exception>
    public PipeHandle Pipe => _pipe ??= Taken();

    public override bool Poll(Deadline deadline, CancellationToken cancellation)
    {
        RequireReadable();
        using var hold = Endpoint.Hold(out _);
        return AwaitData(deadline, cancellation);
    }

    /// <summary>Whether a message, or the end of the stream, can be received. Never waits.</summary>
    public bool IsReady()
    {
        var pipe = Pipe;
        return pipe.Reader.HasUnread || pipe.IsPeerGone();
    }

    private PipeHandle Taken()
    {
        var pipe = (PipeHandle)Endpoint.Handle;
        _dataWaker = new BellWaker(&pipe.Own->DataBell);
        _roomWaker = new BellWaker(&pipe.Own->RoomBell);
        return pipe;
    }

    /// <returns>False if the time ran out; true if there is something to read, or the other side is gone.</returns>
    private bool AwaitData(Deadline deadline, CancellationToken cancellation, int* senderTurn = null)
    {
        var pipe = Pipe;
        if (pipe.Reader.HasUnread)
        {
            return true;
        }

        if (deadline.HasPassed)
        {
            cancellation.ThrowIfCancellationRequested();
            return pipe.IsPeerGone() || pipe.Reader.HasUnread;
        }

        if (SpinForData(pipe))
        {
            return true;
        }

        bool came = SleepForData(pipe, deadline, cancellation, senderTurn);
        _dataSpin.End();
        return came;
    }

    /// <summary>Spins before sleeping: a sleep and a wake cost more than most replies take.</summary>
    private bool SpinForData(PipeHandle pipe)
    {
        for (int spins = _dataSpin.Begin(); spins > 0; spins--)
        {
            SpinPolicy.Pause();
            if (pipe.Reader.HasUnread)
            {
                _dataSpin.Succeeded();
                return true;
            }
        }

        _dataSpin.Failed();
        return false;
    }

    /// <param name="pipe">The pipe.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <param name="senderTurn">Within a message, the turn of its sender: the wait ends when no living process has it. Otherwise null.</param>
    private bool SleepForData(PipeHandle pipe, Deadline deadline, CancellationToken cancellation, int* senderTurn)
    {
        using var sleep = new Sleep(Endpoint, pipe, _dataWaker!, cancellation);
        while (true)
        {
            // Read the futex word before every check: a record missed by the checks changes it. And set the mark before the check: either we see the record, or
            // its sender sees the mark.
            int bell = Volatile.Read(ref pipe.Own->DataBell);
            cancellation.ThrowIfCancellationRequested();
            Endpoint.ThrowIfClosed();
            if (pipe.Reader.HasUnread)
            {
                // Return before the mark is set, which would cause a needless wake by the sender of the next record. Once set it must stay: others may sleep on
                // it.
                return true;
            }

            Interlocked.Exchange(ref pipe.Own->DataSleeps, 1);
            if (pipe.Reader.HasUnread || pipe.IsPeerGoneSoon())
            {
                return true;
            }

            if (senderTurn is not null && !PipeTurn.IsHeld(senderTurn))
            {
                return true;
            }

            if (deadline.HasPassed)
            {
                return false;
            }

            Futex.Wait(&pipe.Own->DataBell, bell, deadline.RemainingAtMost(senderTurn is null ? pipe.CheckAgain : PipeTurn.CheckAgain));
        }
    }

    /// <summary>Waits until there is room for a record, and writes it.</summary>
    private void Write(PipeHandle pipe, RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool begun, CancellationToken cancellation)
    {
        if (!pipe.Writer.TryWrite(kind, head, body) && !SpinForRoom(pipe, kind, head, body))
        {
            SleepForRoom(pipe, kind, head, body, begun, cancellation);
            _roomSpin.End();
        }

        pipe.AnnounceData();
    }

    /// <summary>Spins for room: an active reader frees some soon, and the longer the spin, the more of it.</summary>
    private bool SpinForRoom(PipeHandle pipe, RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        for (int spins = _roomSpin.Begin(); spins > 0; spins--)
        {
            SpinPolicy.Pause();
            if (pipe.Writer.TryWrite(kind, head, body))
            {
                _roomSpin.Succeeded();
                return true;
            }
        }

        _roomSpin.Failed();
        return false;
    }

    private void SleepForRoom(PipeHandle pipe, RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool begun, CancellationToken cancellation)
    {
        using var sleep = new Sleep(Endpoint, pipe, _roomWaker!, cancellation);
        while (true)
        {
            int bell = Volatile.Read(ref pipe.Own->RoomBell);
            pipe.Writer.MarkWaiting();
            if (pipe.Writer.TryWrite(kind, head, body))
            {
                return;
            }

            GiveUpSending(begun, cancellation);
            ThrowIfPeerGone(pipe);
            Futex.Wait(&pipe.Own->RoomBell, bell, PipeHandle.RoomLook);
        }
    }

    /// <exception cref="OperationCanceledException">The token was canceled. A message that was partly sent cannot be withdrawn.</exception>
    /// <exception cref="IOException">The connection was closed in this process.</exception>
    private void GiveUpSending(bool begun, CancellationToken cancellation)
    {
        Endpoint.ThrowIfClosed();
        if (cancellation.IsCancellationRequested)
        {
            if (begun)
            {
                BreakSending();
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static void ThrowIfPeerGone(PipeHandle pipe)
    {
        if (pipe.IsPeerGoneSoon())
        {
            throw new IOException("Broken pipe: the other end of the connection is closed, nothing can be sent to it.");
        }
    }

    /// <summary>A sleep on a futex word that closing, cancellation and the end of the other side wake.</summary>
    private readonly ref struct Sleep
    {
        private readonly Endpoint _endpoint;
        private readonly PipeHandle _pipe;
        private readonly BellWaker _waker;
        private readonly CancellationTokenRegistration _registration;

        public Sleep(Endpoint endpoint, PipeHandle pipe, BellWaker waker, CancellationToken cancellation)
        {
            _endpoint = endpoint;
            _pipe = pipe;
            _waker = waker;
            endpoint.Add(waker);
            pipe.AddSleeper(waker);
            _registration = cancellation.UnsafeRegister(static waker => ((IWakeable)waker!).Wake(), waker);
        }

        public void Dispose()
        {
            _registration.Dispose();
            _pipe.RemoveSleeper(_waker);
            _endpoint.Remove(_waker);
        }
    }

    /// <summary>Wakes a sleeper by its futex word. Called only while the sleeper holds the pipe, so that its memory is mapped.</summary>
    private sealed class BellWaker(int* bell) : IWakeable
    {
        public void Wake() => PipeHandle.Ring(ref *bell);
    }
}
