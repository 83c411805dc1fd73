namespace Multiproc;

/// <content>What a host that owns the pool needs to know, and to end its tasks with their grace.</content>
public sealed partial class ProcessPool
{
    /// <summary>Why no task will ever run again; null while the pool works.</summary>
    internal Exception? Broken => _pool.Broken;

    /// <summary>The name that the pool has in a host, for tools; null for one that has none.</summary>
    internal string? Name
    {
        get => _pool.Name;
        set => _pool.Name = value;
    }

    internal bool IsClosed => _pool.IsClosed;

    internal TimeSpan StopGrace => _pool.Options.StopGrace;

    /// <summary>The number of workers that the pool should have.</summary>
    internal int Size => AllWorkers;

    /// <summary>
    /// Ends all calls: their callers get <paramref name="reason"/>, the tokens of running tasks fire, and workers whose tasks do not end within
    /// <see cref="PoolOptions.StopGrace"/> are ended.
    /// </summary>
    internal void CancelCalls(Exception reason) => _pool.CancelJobs(reason);
}
