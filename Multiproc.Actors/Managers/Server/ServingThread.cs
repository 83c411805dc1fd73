using Multiproc.SharedMemory;
using Multiproc.Transport;

namespace Multiproc.Managers;

/// <summary>
/// The thread that serves a manager: it delivers messages, and runs a call of a user's object itself when one came, so that a short call needs no hop to
/// another thread. Before it does so it gives the leader's role away: while the call runs, or blocks, the pump delivers, and further calls go to the
/// thread pool.
/// </summary>
/// <remarks>
/// What such a call gave is told when this thread leads again, by way of a ready bit of its own: told at once, a quick caller's next call would find nobody leading
/// and have to wake the pump.
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

    /// <summary>Whether the current thread is such a one and runs a call.</summary>
    public static bool RunsCall => s_ofThread is { _runs: true };

    /// <summary>
    /// Runs work soon: on the serving thread if that has nothing to run, else on the pool. Mostly that thread delivered the call itself; when the pump did, it
    /// comes back to lead this way.
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

    /// <summary>Tells what a call gave; nothing else may be done on this thread after it.</summary>
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
    /// Serves until <see cref="Stop"/>. The caller's thread only waits for that: it must be free to end the process while a call blocks.
    /// </summary>
    /// <returns>A task that ends then.</returns>
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

            // The task ends well, whatever the user's code does, and goes on elsewhere after its first wait.
            _ = work();
            _runs = false;
            Volatile.Write(ref _work, null);
            if (_end is not null)
            {
                // This thread will lead at once, or finds somebody who does; only one who sleeps in that role must be woken.
                reactor.Doorbell.Ring(_index, Wake.WhenWaiting);
            }
        }
    }
}
