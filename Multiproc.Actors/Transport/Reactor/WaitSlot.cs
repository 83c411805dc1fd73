namespace Multiproc.Transport;

/// <summary>
/// The wait of one thread, which any thread can complete. The waiter spins, leads the reactor, or parks here; the state says how it
/// must be woken.
/// </summary>
internal sealed class WaitSlot
{
    private const int Open = 0;
    private const int Parked = 1;
    private const int Done = 2;
    private const int Leading = 3;

    private int _state;
    private TaskCompletionSource? _pooled;
    private volatile bool _interrupted;
    private Action? _callback;

    public bool IsDone => Volatile.Read(ref _state) == Done;

    public bool IsInterrupted => _interrupted;

    public void Reset()
    {
        _interrupted = false;
        Volatile.Write(ref _state, Open);
    }

    /// <summary>Completes the wait. Earlier writes are visible to the waiter.</summary>
    public void Complete() => WakeFrom(Interlocked.Exchange(ref _state, Done));

    /// <summary>Makes the waiter check again: it stops waiting if its token was canceled.</summary>
    public void Interrupt()
    {
        _interrupted = true;
        Interlocked.MemoryBarrier();
        WakeFrom(Volatile.Read(ref _state));
    }

    /// <summary>
    /// Has the waiting thread run an action before it continues to wait, such as reporting its stack. A later action replaces an earlier one.
    /// </summary>
    public void Send(Action callback)
    {
        Volatile.Write(ref _callback, callback);
        Interrupt();
    }

    /// <summary>Runs a pending action; called by the waiter outside the leader's role.</summary>
    public void RunCallback()
    {
        // In this order: an action added after the check leaves the mark set.
        _interrupted = false;
        Interlocked.Exchange(ref _callback, null)?.Invoke();
    }

    /// <summary>Records that the waiter leads the reactor and is about to sleep there. Returns false if it should not sleep any more.</summary>
    public bool BeginLeaderSleep() => Interlocked.CompareExchange(ref _state, Leading, Open) == Open && !_interrupted;

    public void EndLeaderSleep() => Interlocked.CompareExchange(ref _state, Open, Leading);

    /// <summary>Sleeps until completed, interrupted or the time is up; may return early.</summary>
    public void Park(TimeSpan? timeout)
    {
        if (Thread.CurrentThread.IsThreadPoolThread)
        {
            ParkInPool(timeout);
            return;
        }

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

    /// <summary>
    /// Of the ways to block a thread of the pool, only waiting for a task lets the pool begin another thread at once. Otherwise as many callers as it has
    /// threads would hold up what brings their replies, such as actors and storages, until it adds one after half a second.
    /// </summary>
    private void ParkInPool(TimeSpan? timeout)
    {
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _pooled, woken);

        // The exchange is a full fence: a thread that finds this one parked sees the task, and this one sees an earlier interruption.
        if (Interlocked.CompareExchange(ref _state, Parked, Open) == Open)
        {
            if (!_interrupted)
            {
                woken.Task.Wait(timeout ?? Timeout.InfiniteTimeSpan);
            }

            Interlocked.CompareExchange(ref _state, Open, Parked);
        }

        Volatile.Write(ref _pooled, null);
    }

    private void WakeFrom(int state)
    {
        switch (state)
        {
            case Parked:
                Volatile.Read(ref _pooled)?.TrySetResult();
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
