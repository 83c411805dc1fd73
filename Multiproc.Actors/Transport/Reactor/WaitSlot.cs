using Multiproc.States;

namespace Multiproc.Transport;

/// <summary>
/// What one thread waits for, and any thread completes. The waiter spins, leads the reactor, or parks here; the state says how it
/// must be woken.
/// </summary>
internal sealed class WaitSlot
{
    private const int Open = 0;
    private const int Parked = 1;
    private const int Done = 2;
    private const int Leading = 3;

    private int _state;
    private volatile bool _interrupted;
    private Action? _callback;

    public bool IsDone => Volatile.Read(ref _state) == Done;

    public bool IsInterrupted => _interrupted;

    public void Reset()
    {
        _interrupted = false;
        Volatile.Write(ref _state, Open);
    }

    /// <summary>Ends the wait. What was written before is seen by the waiter.</summary>
    public void Complete() => WakeFrom(Interlocked.Exchange(ref _state, Done));

    /// <summary>Makes the waiter look again: it gives up if it was told so by its token.</summary>
    public void Interrupt()
    {
        _interrupted = true;
        Interlocked.MemoryBarrier();
        WakeFrom(Volatile.Read(ref _state));
    }

    /// <summary>Has the waiting thread itself do something before it goes on waiting: only it can tell where in the code it is. The last one counts.</summary>
    public void Send(Action callback)
    {
        Volatile.Write(ref _callback, callback);
        Interrupt();
    }

    /// <summary>For the waiter, outside of the reactor's role.</summary>
    public void RunCallback()
    {
        // In this order: who sends one after the look leaves the mark behind.
        _interrupted = false;
        Interlocked.Exchange(ref _callback, null)?.Invoke();
    }

    /// <summary>The waiter leads the reactor and is about to sleep there. False when there is no reason to sleep any more.</summary>
    public bool BeginLeaderSleep() => Interlocked.CompareExchange(ref _state, Leading, Open) == Open && !_interrupted;

    public void EndLeaderSleep() => Interlocked.CompareExchange(ref _state, Open, Leading);

    /// <summary>Sleeps until completed, interrupted or the time is up; may return early.</summary>
    public void Park(TimeSpan? timeout)
    {
        lock (this)
        {
            if (Interlocked.CompareExchange(ref _state, Parked, Open) != Open)
            {
                return;
            }

            if (!_interrupted)
            {
                Monitor.Wait(this, timeout is { } limited ? limited : Timeout.InfiniteTimeSpan);
            }

            Interlocked.CompareExchange(ref _state, Open, Parked);
        }
    }

    private void WakeFrom(int state)
    {
        switch (state)
        {
            case Parked:
                lock (this)
                {
                    Monitor.PulseAll(this);
                }

                break;
            case Leading:
                Reactor.Current.RouseLeader();
                break;
        }
    }
}
