using Multiproc.Peers;

namespace Multiproc.Processes;

/// <summary>Starts hosts: the one place that knows how an operating system makes a process that is connected to this one.</summary>
internal interface ISpawner
{
    /// <summary>Starts a host, which waits for its work. <paramref name="bind"/> is called with its peer before any message of it is read.</summary>
    /// <exception cref="ProcessStartException">The system refused; the message says why.</exception>
    SpawnedProcess Spawn(HostCommand command, SpawnOptions options, Action<Peer> bind);
}

/// <summary>What may differ from child to child.</summary>
/// <param name="KeepStderrTail">Pass the child's stderr through this process and remember its last lines.</param>
/// <param name="Process">What the user wants of the process; null is nothing special.</param>
internal sealed record SpawnOptions(bool KeepStderrTail = false, ProcessOptions? Process = null);

/// <summary>A host that was started.</summary>
internal abstract class SpawnedProcess
{
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public abstract int Pid { get; }

    public abstract Peer Peer { get; }

    /// <summary>Whether this code runs in it: only a child on a thread can be asked by itself.</summary>
    public virtual bool IsCurrent => false;

    /// <summary>Whether it can be ended against its will.</summary>
    public virtual bool CanKill => true;

    /// <summary>Ends when the process has ended and all that it sent before has been delivered.</summary>
    public Task<ExitStatus> Exited => _exited.Task;

    /// <summary>The last lines that it wrote to stderr, as far as they are known.</summary>
    public abstract string StderrTail();

    /// <summary>Asks it to end (SIGTERM); ends it where the system has no such request. Nothing happens when it has ended.</summary>
    public abstract void Terminate();

    /// <summary>Ends it at once. Nothing happens when it has ended.</summary>
    public abstract void Kill();

    protected void SetExited(ExitStatus status) => _exited.TrySetResult(status);
}
