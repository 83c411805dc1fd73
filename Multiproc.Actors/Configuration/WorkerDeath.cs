namespace Multiproc;

/// <summary>Describes the unexpected end of a pool's worker; see <see cref="PoolOptions.OnWorkerDeath"/>.</summary>
/// <param name="Name">The worker's name, such as "PoolWorker-3".</param>
/// <param name="Pid">The worker's process id; 0 if it could not be started.</param>
/// <param name="ExitCode">The worker's exit code; -N if signal N ended it.</param>
/// <param name="TaskIndex">The index of the task that it ran, in the input of its call; null when it ran none.</param>
/// <param name="LastStderr">The last lines that it wrote to stderr.</param>
public sealed record WorkerDeath(string Name, int Pid, int ExitCode, long? TaskIndex, string LastStderr)
{
    /// <summary>
    /// The memory that it used, in bytes, at the last check; null when its memory was not checked, see <see cref="PoolOptions.HardMaxMemoryPerWorker"/>.
    /// </summary>
    public long? Memory { get; init; }

    /// <summary>Whether it is known to have ended for lack of memory.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>The node on which it ran, as "host:port"; empty (the default) for a child of this process.</summary>
    public string Node { get; init; } = "";
}
