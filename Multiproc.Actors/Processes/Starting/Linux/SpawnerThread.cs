using Multiproc.SharedMemory;

namespace Multiproc.Processes.Linux;

/// <summary>
/// Starts all children from one thread that lives as long as this process: the kernel sends a child's parent-death signal when the
/// thread that created it ends, not when the process ends, and a thread pool thread may end at any time.
/// </summary>
internal sealed class SpawnerThread
{
    private static readonly Retried<SpawnerThread> s_current = new(() => new SpawnerThread());

    private readonly Lock _callers = new();
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private Func<int>? _work;
    private int _result;
    private Exception? _failure;

    private SpawnerThread() => OwnThread.Start(Serve, "multiproc spawner", 128 * 1024);

    public static SpawnerThread Current => s_current.Value;

    /// <summary>Runs <paramref name="spawn"/> on the thread and waits for its result.</summary>
    public int Run(Func<int> spawn)
    {
        lock (_callers)
        {
            _work = spawn;
            _wanted.Release();
            _done.Wait();
            return _failure is null ? _result : throw _failure;
        }
    }

    private void Serve()
    {
        while (true)
        {
            _wanted.Wait();
            try
            {
                _failure = null;
                _result = _work!();
            }
            catch (Exception failure)
            {
                _failure = failure;
            }

            _work = null;
            _done.Release();
        }
    }
}
