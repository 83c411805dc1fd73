using Multiproc.Processes;
using Multiproc.SharedMemory;

namespace Multiproc.Pool;

/// <summary>Runs a pool's callbacks one after the other, in the order in which their reasons came, on a thread of its own that exists while there are any.</summary>
internal sealed class PoolCallbacks(string pool)
{
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(5);

    private readonly Queue<Action> _waiting = new();
    private bool _running;

    public void Add(Action callback)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(callback);
            if (_running)
            {
                Monitor.Pulse(_waiting);
                return;
            }

            _running = true;
        }

        try
        {
            OwnThread.Start(Run, $"{pool} callbacks");
        }
        catch (MultiprocException)
        {
            // No more threads for this process: those of the pool of threads are there already.
            ThreadPool.UnsafeQueueUserWorkItem(_ => Run(), null);
        }
    }

    /// <summary>A callback that throws is told on stderr: nobody waits for it, and the others are not to suffer.</summary>
    public void Guarded(Action callback) => UserCode.Run($"A callback of {pool}", callback);

    private void Run()
    {
        while (Next() is { } callback)
        {
            Guarded(callback);
        }
    }

    private Action? Next()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                if (!Monitor.Wait(_waiting, s_idle) && _waiting.Count == 0)
                {
                    _running = false;
                    return null;
                }
            }

            return _waiting.Dequeue();
        }
    }
}
