using Microsoft.Win32.SafeHandles;
using Multiproc.SharedMemory;
using Multiproc.Transport;
using Multiproc.Transport.Linux;
using Multiproc.Transport.Rings;

namespace Multiproc.Connections.Pipes;

/// <summary>
/// One side of a pipe in this process: the socket, which signals the death of the side and wakes waits for several objects, and the mapped memory.
/// The handle is that of the socket; the memory is unmapped with it, when no call uses it any more.
/// </summary>
internal sealed unsafe class PipeHandle : SafeHandleMinusOneIsInvalid
{
    private const int MostBells = 64;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_roomLook = TimeSpan.FromMilliseconds(20);

    private readonly PipeMemory _memory;
    private readonly Lock _gate = new();
    private readonly List<IWakeable> _pollers = [];
    private readonly List<IWakeable> _sleepers = [];
    private volatile bool _hungUp;
    private volatile bool _watched;
    private long _checkedAt;

    /// <param name="socket">The socket; the handle takes ownership.</param>
    /// <param name="memory">The memory; the handle takes ownership.</param>
    /// <param name="side">The side: 0 or 1.</param>
    /// <param name="counted">Whether this holder was already counted, by the process that sent the side.</param>
    public PipeHandle(SafeDescriptor socket, PipeMemory memory, int side, bool counted)
        : base(ownsHandle: true)
    {
        _memory = memory;
        Side = side;
        Own = memory.Side(side);
        Other = memory.Side(1 - side);
        Writer = memory.Writer(side);
        Reader = memory.Reader(side);
        if (!counted)
        {
            Interlocked.Increment(ref Own->Holders);
        }

        SetHandle(socket.Detach());
    }

    public int Side { get; }

    public PipeSide* Own { get; }

    public PipeSide* Other { get; }

    public RingWriter Writer { get; }

    public RingReader Reader { get; }

    public int Socket => (int)handle;

    public int MemoryDescriptor => _memory.Descriptor;

    /// <summary>Whether other processes wait for the same socket: they may have taken the byte that was meant for this one.</summary>
    public bool SharesBell => Volatile.Read(ref Own->Pollers) > 1;

    /// <summary>
    /// The interval at which a sleeper polls. Null if the other side has a single holder, whose death is noticed. Of several holders one may be killed between
    /// writing a record, or taking the sleeper's mark, and the wake: then no other would wake the sleeper, and the pipe does not hang up.
    /// </summary>
    public TimeSpan? CheckAgain => Volatile.Read(ref Other->Holders) > 1 ? s_period : null;

    /// <summary>
    /// The interval at which a sender that waits for room polls. It is woken when half of the ring is free; a receiver that stops before may still have made
    /// room for a message.
    /// </summary>
    public static TimeSpan RoomLook => s_roomLook;

    /// <summary>Creates both ends of a new pipe.</summary>
    public static (PipeHandle First, PipeHandle Second) Create(SafeDescriptor first, SafeDescriptor second)
    {
        var memory = PipeMemory.Create();
        var one = new PipeHandle(first, memory, 0, counted: false);
        try
        {
            return (one, new PipeHandle(second, PipeMemory.Adopt(SafeDescriptor.Duplicate(memory.Descriptor).Detach()), 1, counted: false));
        }
        catch
        {
            one.Dispose();
            throw;
        }
    }

    /// <summary>Counts another holder of this side, and wakes sleepers of the other side, which must poll from now on.</summary>
    public void CountHolder()
    {
        Interlocked.Increment(ref Own->Holders);
        Ring(ref Other->DataBell);
        Ring(ref Other->RoomBell);
        if (Volatile.Read(ref Other->Pollers) > 0)
        {
            SendBell();
        }
    }

    /// <summary>Whether the other side has no holders any more. Costs a system call, which <see cref="IsPeerGoneSoon"/> usually avoids.</summary>
    public bool IsPeerGone()
    {
        if (_hungUp || Volatile.Read(ref Other->Holders) <= 0)
        {
            return true;
        }

        var entry = new SocketCalls.PollEntry { Descriptor = Socket, Wanted = SocketCalls.PollPeerClosed };
        _hungUp |= SocketCalls.poll(&entry, 1, 0) > 0 && entry.Seen != 0;
        return _hungUp;
    }

    /// <summary>Whether the other side has no holders, without a system call each time: a killed process is noticed some milliseconds later.</summary>
    public bool IsPeerGoneSoon()
    {
        long now = Environment.TickCount64;
        if (now != _checkedAt)
        {
            _checkedAt = now;
            return IsPeerGone();
        }

        return _hungUp || Volatile.Read(ref Other->Holders) <= 0;
    }

    /// <summary>Registers a futex sleeper to be woken when the other side ends. To be called before its first sleep.</summary>
    public void AddSleeper(IWakeable sleeper)
    {
        lock (_gate)
        {
            _sleepers.Add(sleeper);
            if (!_watched)
            {
                _watched = true;
                var weak = new WeakReference<PipeHandle>(this);
                int socket = Socket;
                LifeMonitor.Current.WatchHangUp(socket, () =>
                {
                    LifeMonitor.Current.Forget(socket);
                    if (weak.TryGetTarget(out var pipe))
                    {
                        pipe.HangUp();
                    }
                });
            }
        }
    }

    public void RemoveSleeper(IWakeable sleeper)
    {
        lock (_gate)
        {
            _sleepers.Remove(sleeper);
        }
    }

    /// <summary>Wakes the waiters of the other side after a write, which is visible to them before the wake.</summary>
    public void AnnounceData()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref Other->DataSleeps) != 0 && Interlocked.Exchange(ref Other->DataSleeps, 0) != 0)
        {
            Ring(ref Other->DataBell);
        }

        if (Volatile.Read(ref Other->DataPolls) != 0 && Interlocked.Exchange(ref Other->DataPolls, 0) != 0)
        {
            SendBell();
        }
    }

    /// <summary>
    /// Wakes the other side's senders after a read, once there is room for many records, so that they do not wake for each one. Half of the ring is room enough
    /// for any record: a record takes a quarter at most, and as much may be skipped at the end of the memory.
    /// </summary>
    public void AnnounceRoom()
    {
        // Before the fence inside TakeWriterWaits this may miss the newest records: then it wakes too early, never too late.
        if (!Reader.IsHalfEmpty)
        {
            return;
        }

        if (Reader.TakeWriterWaits())
        {
            Ring(ref Other->RoomBell);
        }

        if (Volatile.Read(ref Other->RoomPolls) != 0 && Interlocked.Exchange(ref Other->RoomPolls, 0) != 0)
        {
            SendBell();
        }
    }

    public void BeginPolling(IWakeable poller)
    {
        lock (_gate)
        {
            if (_pollers.Count == 0)
            {
                Interlocked.Increment(ref Own->Pollers);
            }

            _pollers.Add(poller);
        }
    }

    public void EndPolling(IWakeable poller)
    {
        lock (_gate)
        {
            if (_pollers.Remove(poller) && _pollers.Count == 0)
            {
                Interlocked.Decrement(ref Own->Pollers);
            }
        }
    }

    /// <summary>Requests a signal at the socket for the next data. The caller must check for data afterwards, not before.</summary>
    public void ArmData() => Interlocked.Exchange(ref Own->DataPolls, 1);

    public void ArmRoom() => Interlocked.Exchange(ref Own->RoomPolls, 1);

    /// <summary>
    /// Clears a signal of the socket that was not for <paramref name="poller"/>, or that it has handled, and wakes the other waiters of this process to check.
    /// </summary>
    public void TakeBells(IWakeable poller)
    {
        byte* bells = stackalloc byte[MostBells];
        if (SocketCalls.recv(Socket, bells, MostBells, SocketCalls.DontWait) <= 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var other in _pollers)
            {
                if (other != poller)
                {
                    other.Wake();
                }
            }
        }
    }

    public static void Ring(ref int bell)
    {
        fixed (int* word = &bell)
        {
            Interlocked.Increment(ref *word);
            Futex.WakeAll(word);
        }
    }

    protected override bool ReleaseHandle()
    {
        if (Interlocked.Decrement(ref Own->Holders) == 0)
        {
            Ring(ref Other->DataBell);
            Ring(ref Other->RoomBell);
        }

        int socket = Socket;
        _memory.Dispose();
        if (_watched)
        {
            LifeMonitor.Current.Forget(socket, () => SocketCalls.close(socket));
            return true;
        }

        return SocketCalls.close(socket) == 0;
    }

    /// <summary>Runs on the monitor's thread.</summary>
    private void HangUp()
    {
        _hungUp = true;
        lock (_gate)
        {
            // Each sleeper holds this handle, so the word that it sleeps on is mapped.
            _sleepers.ForEach(static sleeper => sleeper.Wake());
        }
    }

    private void SendBell()
    {
        // Failure means that the buffer is full or the peer is gone: then the socket is readable anyway.
        byte bell = 1;
        SocketCalls.send(Socket, &bell, 1, SocketCalls.DontWait | SocketCalls.NoSignal);
    }
}
