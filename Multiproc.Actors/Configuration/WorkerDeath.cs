namespace Multiproc;

/// <summary>The end of a worker that nobody had told to go.</summary>
/// <param name="Name">Its name, as "PoolWorker-3".</param>
/// <param name="Pid">Its process id; 0 when it could not be started.</param>
/// <param name="ExitCode">Its exit code; -N when signal N ended it.</param>
/// <param name="TaskIndex">The place of the task that it ran in its input; null when it ran none.</param>
/// <param name="LastStderr">What it wrote to stderr last.</param>
public sealed record WorkerDeath(string Name, int Pid, int ExitCode, long? TaskIndex, string LastStderr)
{
    /// <summary>How many bytes of memory it used when it was looked at last; null when nobody looked, see <see cref="PoolOptions.HardMaxMemoryPerWorker"/>.</summary>
    public long? Memory { get; init; }

    /// <summary>Whether it is known to have ended because there was not enough memory for it.</summary>
    public bool OutOfMemory { get; init; }
}
