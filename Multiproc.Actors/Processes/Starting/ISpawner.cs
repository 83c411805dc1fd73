using Multiproc.Peers;

namespace Multiproc.Processes;

/// <summary>Starts hosts; an implementation knows how its operating system creates a process that is connected to this one.</summary>
internal interface ISpawner
{
    /// <summary>Starts a host, which waits for its work. <paramref name="bind"/> is called with its peer before its first message is read.</summary>
    /// <exception cref="ProcessStartException">The system refused; the message says why.</exception>
    SpawnedProcess Spawn(HostCommand command, SpawnOptions options, Action<Peer> bind);
}

/// <summary>Options that may differ from child to child.</summary>
/// <param name="KeepStderrTail">Whether the child's stderr passes through this process, which keeps its last lines.</param>
/// <param name="Process">The user's options for the process; null for none.</param>
internal sealed record SpawnOptions(bool KeepStderrTail = false, ProcessOptions? Process = null);

/// <summary>A host that was started.</summary>
internal abstract class SpawnedProcess
{
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public abstract int Pid { get; }

    public abstract Peer Peer { get; }

    /// <summary>Whether the calling code runs in this child, which is possible only for a child on a thread.</summary>
    public virtual bool IsCurrent => false;

    /// <summary>Whether it can be killed.</summary>
    public virtual bool CanKill => true;

    /// <summary>Completes when the process has ended and everything that it sent has been delivered.</summary>
    public Task<ExitStatus> Exited => _exited.Task;

    /// <summary>Gets the last lines that it wrote to stderr, as far as they are known.</summary>
    public abstract string StderrTail();

    /// <summary>Asks the process to end (SIGTERM), or kills it where the system has no such request. Does nothing if it has ended.</summary>
    public abstract void Terminate();

    /// <summary>Kills the process. Does nothing if it has ended.</summary>
    public abstract void Kill();

    protected void SetExited(ExitStatus status) => _exited.TrySetResult(status);
}
