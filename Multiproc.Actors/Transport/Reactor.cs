using System.Diagnostics;
using System.Numerics;
using Multiproc.SharedMemory;
using Multiproc.Transport.Rings;

namespace Multiproc.Transport;

/// <summary>
/// Delivers the messages of all mapped links of this process, one thread at a time. A thread that waits for an answer takes the
/// leader's role and delivers itself, so that its own answer needs no hop through another thread; when nobody waits, a background
/// thread (the pump) leads.
/// </summary>
internal sealed class Reactor
{
    private static Reactor? s_current;

    [ThreadStatic]
    private static int s_handlerDepth;

    private readonly Lock _gate = new();
    private readonly Doorbell? _doorbell;
    private readonly SpinPolicy _spin = new();
    private IReadySource?[] _sources = new IReadySource?[8];
    private int _sourceCount;
    private int _role;
    private int _wanting;
    private int _parked;
    private bool _pumping;

    private Reactor(Doorbell? doorbell) => _doorbell = doorbell;

    /// <summary>The reactor of this process; made on first use, with a doorbell of its own where links are mapped.</summary>
    public static Reactor Current =>
        Volatile.Read(ref s_current) ?? Install(new Reactor(Futex.IsSupported ? Doorbell.Create() : null));

    /// <summary>True while this thread runs handlers or actors: it must not wait for messages then.</summary>
    public static bool InHandler => s_handlerDepth > 0;

    public Doorbell Doorbell => _doorbell ?? throw new PlatformNotSupportedException("This system has no futex: links are sockets here.");

    /// <summary>A child takes the doorbell that its parent made for it, before anything else used one.</summary>
    public static void Adopt(Doorbell doorbell)
    {
        if (Interlocked.CompareExchange(ref s_current, new Reactor(doorbell), null) is not null)
        {
            throw new InvalidOperationException("The reactor of this process is in use already: it cannot take another doorbell.");
        }
    }

    /// <summary>Marks this thread as one that must not wait, until the scope is disposed.</summary>
    public static HandlerScope EnterHandler()
    {
        s_handlerDepth++;
        return default;
    }

    /// <summary>Gives a link the number of its ready bit.</summary>
    public int Register(IReadySource source)
    {
        lock (_gate)
        {
            int index = 0;
            while (index < _sources.Length && _sources[index] is not null)
            {
                index++;
            }

            if (index == _sources.Length)
            {
                if (_sources.Length == Doorbell.MaxLinks)
                {
                    throw new MultiprocException($"This process has {Doorbell.MaxLinks} connections to other processes, which is the most; close some.");
                }

                System.Array.Resize(ref _sources, Math.Min(_sources.Length * 2, Doorbell.MaxLinks));
            }

            _sources[index] = source;
            _sourceCount = Math.Max(_sourceCount, index + 1);
            return index;
        }
    }

    public void Unregister(int index)
    {
        lock (_gate)
        {
            _sources[index] = null;
        }
    }

    /// <summary>Waits until the slot is complete, and delivers messages meanwhile.</summary>
    /// <returns>False when the time ran out (null: never; zero or less: only what is there already) or the token fired first.</returns>
    public bool WaitUntil(WaitSlot slot, TimeSpan? timeout, CancellationToken cancellation)
    {
        if (slot.IsDone)
        {
            return true;
        }

        if (InHandler)
        {
            throw new InvalidOperationException("A message handler must not wait: it would wait for messages that only it can deliver.");
        }

        using var registration = cancellation.UnsafeRegister(static waiter => ((WaitSlot)waiter!).Interrupt(), slot);
        var deadline = Deadline.In(timeout);
        while (!slot.IsDone)
        {
            if (TryLead())
            {
                try
                {
                    Lead(slot, deadline);
                }
                finally
                {
                    Leave();
                }
            }
            else if (!SpinForRole(slot))
            {
                Park(slot, deadline);
            }

            if (slot.IsInterrupted)
            {
                slot.RunErrand();
            }

            if (deadline.HasPassed || cancellation.IsCancellationRequested)
            {
                return slot.IsDone;
            }
        }

        return true;
    }

    /// <summary>Looks for messages once, and leaves the pump on guard: for the beginning of a link, when nobody may be waiting.</summary>
    public void BeginGuard()
    {
        if (TryLead())
        {
            Leave();
        }
    }

    /// <summary>Delivers what has come, unless another thread leads and does so.</summary>
    public void Poll()
    {
        if (TryLead())
        {
            try
            {
                Drain();
            }
            finally
            {
                Leave();
            }
        }
    }

    /// <summary>Wakes the thread that sleeps as leader: what it waits for may have come by another way than a message.</summary>
    public void RouseLeader() => _doorbell?.Rouse(Rings.Doorbell.LeaderSleeps);

    private static Reactor Install(Reactor fresh) => Interlocked.CompareExchange(ref s_current, fresh, null) ?? fresh;

    private bool TryLead()
    {
        if (_doorbell is null || Interlocked.CompareExchange(ref _role, 1, 0) != 0)
        {
            return false;
        }

        _doorbell.SetAwake();
        return true;
    }

    /// <summary>
    /// The pump is put on guard before the role is free, so that no moment is without a guard; what came in before the mark was set is
    /// found by the look afterwards.
    /// </summary>
    private void Leave()
    {
        var doorbell = _doorbell!;
        StartPump();
        int guard = Volatile.Read(ref _parked) > 0 ? Rings.Doorbell.PumpSleepsForWaiter : Rings.Doorbell.PumpSleeps;
        doorbell.SetSleeper(guard);
        Interlocked.Exchange(ref _role, 0);
        bool parkedMeanwhile = guard == Rings.Doorbell.PumpSleeps && Volatile.Read(ref _parked) > 0;
        if (parkedMeanwhile || doorbell.AnyReady(_sourceCount))
        {
            doorbell.Rouse(guard);
        }
    }

    /// <summary>The guard begins its life when it is first needed: a child that is told its work at once has run by then.</summary>
    private void StartPump()
    {
        if (!_pumping)
        {
            _pumping = true;
            new Thread(Pump, 256 * 1024) { IsBackground = true, Name = "multiproc pump" }.Start();
        }
    }

    /// <summary>
    /// Sleeps while another thread leads. It counts as parked before it looks at the role once more: either it sees that the role is free,
    /// or the one who leaves sees that somebody is parked and puts the pump on guard for it.
    /// </summary>
    private void Park(WaitSlot slot, Deadline deadline)
    {
        Interlocked.Increment(ref _parked);
        if (_doorbell is null || Volatile.Read(ref _role) != 0 || slot.IsDone)
        {
            slot.Park(deadline.Remaining);
        }

        Interlocked.Decrement(ref _parked);
    }

    private void Lead(WaitSlot slot, Deadline deadline)
    {
        var doorbell = _doorbell!;
        while (true)
        {
            bool busy = Drain();
            if (slot.IsDone || slot.IsInterrupted)
            {
                return;
            }

            if (busy)
            {
                continue;
            }

            if (deadline.HasPassed)
            {
                return;
            }

            if (SpinForMessage(slot))
            {
                continue;
            }

            int turn = doorbell.Turn(Rings.Doorbell.LeaderSleeps);
            doorbell.SetSleeper(Rings.Doorbell.LeaderSleeps);
            if (!doorbell.AnyReady(_sourceCount) && slot.BeginLeaderSleep())
            {
                doorbell.Sleep(Rings.Doorbell.LeaderSleeps, turn, deadline.Remaining);
            }

            slot.EndLeaderSleep();
            doorbell.SetAwake();
        }
    }

    private void Pump()
    {
        var doorbell = _doorbell!;
        while (true)
        {
            int turn = doorbell.Turn(Rings.Doorbell.PumpSleeps);
            if (TryLead())
            {
                do
                {
                    while (Drain())
                    {
                    }
                }
                while (SpinForMessage(null));
                Leave();
            }

            doorbell.Sleep(Rings.Doorbell.PumpSleeps, turn, null);
        }
    }

    /// <summary>Delivers what is there. True when there was something.</summary>
    private bool Drain()
    {
        bool any = false;
        int words = (_sourceCount + 63) >> 6;
        for (int word = 0; word < words; word++)
        {
            ulong bits = _doorbell!.TakeReady(word);
            while (bits != 0)
            {
                int bit = BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                any = true;
                int index = (word << 6) + bit;
                if (index < _sources.Length && _sources[index] is { } source)
                {
                    s_handlerDepth++;
                    try
                    {
                        source.DeliverReady();
                    }
                    finally
                    {
                        s_handlerDepth--;
                    }
                }
            }
        }

        return any;
    }

    /// <summary>Looks for messages for a few microseconds before sleeping. The pump gives way to a thread that wants the role.</summary>
    private bool SpinForMessage(WaitSlot? slot)
    {
        int limit = _spin.Begin();
        for (int i = 0; i < limit; i++)
        {
            if (_doorbell!.AnyReady(_sourceCount) || slot is { IsDone: true })
            {
                _spin.Succeeded();
                return true;
            }

            if (slot is null && Volatile.Read(ref _wanting) > 0)
            {
                return false;
            }

            SpinPolicy.Pause(i);
        }

        _spin.Failed(limit);
        return false;
    }

    /// <summary>Another thread leads: our answer may come at once, or the role become free. True when it is worth another try.</summary>
    private bool SpinForRole(WaitSlot slot)
    {
        if (_doorbell is null)
        {
            return false;
        }

        Interlocked.Increment(ref _wanting);
        try
        {
            int limit = _spin.Begin();
            for (int i = 0; i < limit; i++)
            {
                if (slot.IsDone || Volatile.Read(ref _role) == 0)
                {
                    return true;
                }

                SpinPolicy.Pause(i);
            }

            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _wanting);
        }
    }

    /// <summary>Ends what <see cref="EnterHandler"/> began.</summary>
    public readonly struct HandlerScope : IDisposable
    {
        public void Dispose() => s_handlerDepth--;
    }
}

/// <summary>Something that the reactor delivers from when its ready bit is set. Must not block.</summary>
internal interface IReadySource
{
    void DeliverReady();
}

/// <summary>The end of a wait, on the monotonic clock.</summary>
internal readonly struct Deadline
{
    private readonly long _end;

    private Deadline(long end) => _end = end;

    public bool HasPassed => _end != long.MaxValue && Stopwatch.GetTimestamp() >= _end;

    /// <summary>Null: for ever.</summary>
    public TimeSpan? Remaining => _end == long.MaxValue
        ? null
        : TimeSpan.FromTicks(Math.Clamp(_end - Stopwatch.GetTimestamp(), 0, Stopwatch.Frequency * 1_000_000) / (Stopwatch.Frequency / TimeSpan.TicksPerSecond));

    public static Deadline In(TimeSpan? timeout) => timeout switch
    {
        null => new Deadline(long.MaxValue),
        { Ticks: <= 0 } => new Deadline(0),
        { TotalDays: > 10_000 } => new Deadline(long.MaxValue),
        { } limited => new Deadline(Stopwatch.GetTimestamp() + (long)(limited.TotalSeconds * Stopwatch.Frequency)),
    };
}
