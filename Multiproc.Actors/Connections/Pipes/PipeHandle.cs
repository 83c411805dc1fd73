using Microsoft.Win32.SafeHandles;
using Multiproc.SharedMemory;
using Multiproc.Transport;
using Multiproc.Transport.Linux;
using Multiproc.Transport.Rings;

namespace Multiproc.Connections.Pipes;

/// <summary>
/// One side of a pipe as this process holds it: the socket, which is the sign of life and wakes who waits for many things, and the mapped memory.
/// The handle is the socket's; memory is unmapped with it, when no call uses it any more.
/// </summary>
internal sealed unsafe class PipeHandle : SafeHandleMinusOneIsInvalid
{
    private const int MostBells = 64;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_roomLook = TimeSpan.FromMilliseconds(20);

    private readonly PipeMemory _memory;
    private readonly Lock _gate = new();
    private readonly List<IWakeable> _pollers = [];
    private readonly List<IWakeable> _sleepers = [];
    private volatile bool _hungUp;
    private volatile bool _watched;
    private long _lookedAt;

    /// <param name="socket">Becomes ours.</param>
    /// <param name="memory">Becomes ours.</param>
    /// <param name="side">0 or 1.</param>
    /// <param name="counted">Whether this holder was counted before: by the one who sent it.</param>
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

    /// <summary>Whether others wait for the same socket: then the byte that was meant for us may have been taken by them.</summary>
    public bool SharesBell => Volatile.Read(ref Own->Pollers) > 1;

    /// <summary>
    /// How long a sleep may last before the sleeper looks again. Null: whoever is to ring is one process, whose end is seen. Of several, one may be killed
    /// between its record, or the taking of the sleeper's mark, and the bell: no other would ring then, and the pipe does not hang up.
    /// </summary>
    public TimeSpan? Look => Volatile.Read(ref Other->Holders) > 1 ? s_look : null;

    /// <summary>
    /// How long who waits for room sleeps before it looks again. It is rung when half of the room is there; a receiver that stops before has made room for a message all the same.
    /// </summary>
    public static TimeSpan RoomLook => s_roomLook;

    /// <summary>Both ends of a new pipe.</summary>
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

    /// <summary>One more will hold this side, who is counted from now on. Who sleeps at the other side learns that it must look now and then.</summary>
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

    /// <summary>Whether nobody holds the other side any more. Costs a call; <see cref="IsPeerGoneSoon"/> mostly does not.</summary>
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

    /// <summary>The same for who cannot ask the kernel each time: a kill is noticed some milliseconds later.</summary>
    public bool IsPeerGoneSoon()
    {
        long now = Environment.TickCount64;
        if (now != _lookedAt)
        {
            _lookedAt = now;
            return IsPeerGone();
        }

        return _hungUp || Volatile.Read(ref Other->Holders) <= 0;
    }

    /// <summary>Whoever sleeps on a futex is woken when the other side ends. Before the first sleep.</summary>
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

    /// <summary>Something was written: tells who of the other side sleeps or waits for it. What was written is seen first.</summary>
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
    /// Something was read: tells who of the other side waits for room, once there is room for many records, so that it does not come for each. That is enough for any
    /// record: a record takes a quarter at most, and as much may be skipped at the end of the memory.
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

    /// <summary>From now on something that comes is rung at the socket. What is looked at afterwards was not looked at before.</summary>
    public void ArmData() => Interlocked.Exchange(ref Own->DataPolls, 1);

    public void ArmRoom() => Interlocked.Exchange(ref Own->RoomPolls, 1);

    /// <summary>The socket rang, and not for <paramref name="poller"/>, or for what it knows: silences it, and lets the others of this process look.</summary>
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

    /// <summary>On the monitor's thread.</summary>
    private void HangUp()
    {
        _hungUp = true;
        lock (_gate)
        {
            // Each of them holds this handle, so what it sleeps on is mapped.
            _sleepers.ForEach(static sleeper => sleeper.Wake());
        }
    }

    private void SendBell()
    {
        // No room or nobody there: then the socket is readable anyway.
        byte bell = 1;
        SocketCalls.send(Socket, &bell, 1, SocketCalls.DontWait | SocketCalls.NoSignal);
    }
}
