using Multiproc.Processes;
using Multiproc.Processes.Views;

namespace Multiproc.Pool;

/// <summary>
/// What was counted by workers and calls that are gone, and the last deaths, for views of the pool. Written by the pool's supervisor, read by any thread.
/// </summary>
internal sealed class PoolPast
{
    private const int MostDeaths = 10;

    /// <summary>A death may have filled its stderr; views are for reading.</summary>
    private const int LongestWords = 4000;

    private readonly Lock _gate = new();
    private readonly Queue<DeathView> _deaths = new();
    private long _tasks;
    private long _failed;
    private long _retried;
    private long _died;

    /// <summary>The tasks that workers completed which are gone.</summary>
    public long Tasks => Volatile.Read(ref _tasks);

    /// <summary>The tasks that failed in calls which are over.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>The tasks that were run again in calls which are over.</summary>
    public long Retried => Volatile.Read(ref _retried);

    public long Died => Volatile.Read(ref _died);

    /// <summary>The last deaths, the latest first.</summary>
    public IReadOnlyList<DeathView> Deaths
    {
        get
        {
            lock (_gate)
            {
                return [.. _deaths.Reverse()];
            }
        }
    }

    public void Add(PoolMember gone) => Interlocked.Add(ref _tasks, gone.Times.Tasks);

    public void Add(PoolJob over)
    {
        var progress = over.Progress;
        Interlocked.Add(ref _failed, progress.Failed);
        Interlocked.Add(ref _retried, progress.Retried);
    }

    public void Add(WorkerDeath death)
    {
        Interlocked.Increment(ref _died);
        string words = death.LastStderr.Length <= LongestWords ? death.LastStderr : $"…{death.LastStderr.AsSpan(death.LastStderr.Length - LongestWords)}";
        lock (_gate)
        {
            _deaths.Enqueue(new DeathView(
                TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), death.Pid, death.Name, death.Node, new ExitStatus(death.ExitCode).ToString(),
                death.TaskIndex, death.OutOfMemory, words));
            if (_deaths.Count > MostDeaths)
            {
                _deaths.Dequeue();
            }
        }
    }
}
