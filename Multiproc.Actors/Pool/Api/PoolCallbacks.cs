using Multiproc.Processes;
using Multiproc.SharedMemory;

namespace Multiproc.Pool;

/// <summary>Runs a pool's callbacks one at a time, in the order of their events, on a thread of its own that exists only while there are callbacks.</summary>
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
            // The process cannot start another thread, but the thread pool has threads already.
            ThreadPool.UnsafeQueueUserWorkItem(_ => Run(), null);
        }
    }

    /// <summary>Runs a callback and reports an exception on stderr, so that it does not affect other callbacks.</summary>
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
