using Multiproc.SharedMemory;
using Multiproc.Transport.Rings;

namespace Multiproc.Transport;

/// <summary>
/// Delivers the messages of all mapped links of this process, one thread at a time. A thread that waits for a reply takes the
/// leader's role and delivers messages itself, so that its reply needs no hop through another thread; when no thread waits, a background
/// thread (the pump) leads.
/// </summary>
internal sealed partial class Reactor
{
    private static Reactor? s_current;

    [ThreadStatic]
    private static int s_handlerDepth;

    private readonly Lock _gate = new();
    private readonly Doorbell? _doorbell;
    private readonly SpinPolicy _leaderSpin = new();
    private readonly SpinPolicy _pumpSpin = new();
    private readonly SpinPolicy _roleSpin = new();
    private IReadySource?[] _sources = new IReadySource?[8];
    private int _sourceCount;
    private int _role;
    private int _wanting;
    private int _parked;
    private bool _pumping;

    private Reactor(Doorbell? doorbell) => _doorbell = doorbell;

    /// <summary>The reactor of this process, created on first use, with a doorbell where links are mapped.</summary>
    public static Reactor Current =>
        Volatile.Read(ref s_current) ?? Install(new Reactor(Futex.IsSupported ? Doorbell.Create() : null));

    /// <summary>Whether this thread runs handlers or actors, and so must not wait for messages.</summary>
    public static bool InHandler => s_handlerDepth > 0;

    public Doorbell Doorbell => _doorbell ?? throw new PlatformNotSupportedException("This system has no futex: links are sockets here.");

    /// <summary>Adopts the doorbell that a child's parent made for it; called before anything else uses one.</summary>
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

    /// <summary>Registers a source and returns the number of its ready bit.</summary>
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
                    throw new MultiprocException($"This process has {Doorbell.MaxLinks} connections to other processes, which is the maximum; close some.");
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
    /// <returns>False if the time ran out or the token was canceled first. A zero timeout checks only for messages that are there already.</returns>
    public bool WaitUntil(WaitSlot slot, WaitTimeout timeout, CancellationToken cancellation)
    {
        if (slot.IsDone)
        {
            return true;
        }

        if (InHandler)
        {
            throw new InvalidOperationException(
                "This code runs while messages are delivered, and must not wait for one: it would wait for what only its own thread can bring. So it is "
                    + "with the program's code that runs "
                + "while a value is written or read (reducers, callbacks of the serialization, comparers, enumerators): let it wait on another thread, or "
                    + "before the value is sent.");
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
                slot.RunCallback();
            }

            if (deadline.HasPassed || cancellation.IsCancellationRequested)
            {
                return slot.IsDone;
            }
        }

        return true;
    }

    /// <summary>Checks for messages once, and leaves the pump on guard: for the beginning of a link, when there may be no waiting thread.</summary>
    public void BeginGuard()
    {
        if (TryLead())
        {
            Leave();
        }
    }

    /// <summary>Delivers the available messages, unless another thread leads and does so.</summary>
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

    /// <summary>Wakes the thread that sleeps as leader, whose wait may have been completed by another way than a message.</summary>
    public void RouseLeader() => _doorbell?.Rouse(Rings.Doorbell.LeaderSleeps);

    private static Reactor Install(Reactor fresh) => Interlocked.CompareExchange(ref s_current, fresh, null) ?? fresh;

    /// <summary>
    /// Sleeps while another thread leads. The thread counts as parked before it checks the role once more: either it sees that the role is free,
    /// or the leaving leader sees a parked thread and puts the pump on guard for it.
    /// </summary>
    private void Park(WaitSlot slot, Deadline deadline)
    {
        Interlocked.Increment(ref _parked);
        if (_doorbell is null || Volatile.Read(ref _role) != 0 || slot.IsDone)
        {
            slot.Park(deadline.Remaining);
            _roleSpin.End();
        }

        Interlocked.Decrement(ref _parked);
    }

    /// <summary>Spins while another thread leads: the reply may come at once, or the role become free. Returns true if either happened.</summary>
    private bool SpinForRole(WaitSlot slot)
    {
        if (_doorbell is null)
        {
            return false;
        }

        Interlocked.Increment(ref _wanting);
        try
        {
            for (int spins = _roleSpin.Begin(); spins > 0; spins--)
            {
                if (slot.IsDone || Volatile.Read(ref _role) == 0)
                {
                    _roleSpin.Succeeded();
                    return true;
                }

                SpinPolicy.Pause();
            }

            _roleSpin.Failed();
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _wanting);
        }
    }

    /// <summary>Ends the scope of <see cref="EnterHandler"/>.</summary>
    public readonly struct HandlerScope : IDisposable
    {
        public void Dispose() => s_handlerDepth--;
    }
}
