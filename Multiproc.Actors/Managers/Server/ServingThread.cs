using Multiproc.SharedMemory;
using Multiproc.Transport;

namespace Multiproc.Managers;

/// <summary>
/// The thread that serves a manager: it delivers messages, and runs a call of a user's object itself, so that a short call needs no hop to
/// another thread. Before the call it hands over the leader's role: while the call runs or blocks, the pump delivers messages, and further calls go to the
/// thread pool.
/// </summary>
/// <remarks>
/// The result of such a call is sent when this thread leads again, signaled by a ready bit of its own: if it were sent at once, a quick caller's next call
/// would find no leader and would have to wake the pump.
/// </remarks>
internal sealed class ServingThread : IReadySource
{
    [ThreadStatic]
    private static ServingThread? s_ofThread;

    private static ServingThread? s_current;

    private readonly WaitSlot _call = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<Task>? _work;
    private Action? _end;
    private bool _runs;
    private int _index;

    /// <summary>Whether the current thread is a serving thread that runs a call.</summary>
    public static bool RunsCall => s_ofThread is { _runs: true };

    /// <summary>
    /// Schedules work: on the serving thread if that is free, otherwise on the thread pool. Usually the serving thread delivered the call itself; if the pump
    /// did, the serving thread regains the lead in this way.
    /// </summary>
    public static void Run(Func<Task> work)
    {
        if (Volatile.Read(ref s_current) is { } serving && Interlocked.CompareExchange(ref serving._work, work, null) is null)
        {
            serving._call.Complete();
        }
        else
        {
            _ = Task.Run(work);
        }
    }

    /// <summary>Sends the result of a call; must be the last action of the call on this thread.</summary>
    public static void End(Action tell)
    {
        if (Futex.IsSupported && s_ofThread is { _runs: true, _end: null } mine)
        {
            mine._end = tell;
        }
        else
        {
            tell();
        }
    }

    /// <summary>
    /// Serves until <see cref="Stop"/>, on another thread: the caller's thread must be free to end the process while a call blocks.
    /// </summary>
    /// <returns>A task that completes when the service has stopped.</returns>
    public Task Serve()
    {
        OwnThread.Start(Deliver, "multiproc manager");
        return _stopped.Task;
    }

    public void Stop() => _stopped.TrySetResult();

    public void DeliverReady() => Interlocked.Exchange(ref _end, null)?.Invoke();

    private void Deliver()
    {
        var reactor = Reactor.Current;
        if (Futex.IsSupported)
        {
            _index = reactor.Register(this);
        }

        s_ofThread = this;
        Volatile.Write(ref s_current, this);
        while (true)
        {
            reactor.WaitUntil(_call, null, CancellationToken.None);
            var work = _work!;
            _call.Reset();
            _runs = true;

            // The task never faults, whatever the user's code does, and continues on another thread after its first await.
            _ = work();
            _runs = false;
            Volatile.Write(ref _work, null);
            if (_end is not null)
            {
                // This thread will lead at once, or finds another leader; only a leader that sleeps must be woken.
                reactor.Doorbell.Ring(_index, Wake.WhenWaiting);
            }
        }
    }
}
