namespace Multiproc.Pool;

/// <summary>The process of a worker, as its pool sees it: a child of this process, or a process on another node.</summary>
internal abstract class WorkerProcess
{
    public abstract string Name { get; }

    /// <summary>The node that it runs on, as "host:port"; empty for a child of this process.</summary>
    public virtual string Node => "";

    /// <summary>Whether a start was requested, so that it may have to be ended.</summary>
    public abstract bool IsStarted { get; }

    public abstract bool IsAlive { get; }

    /// <summary>The process id, which does not change any more; null before the start.</summary>
    public abstract int? Pid { get; }

    /// <summary>The current process id; null before the start.</summary>
    public abstract int? HostPid { get; }

    /// <summary>The current process id if it is one of this machine, so that the process can be looked at; else null.</summary>
    public abstract int? LocalPid { get; }

    /// <summary>Completes with the exit code when the process has ended and everything that it sent has arrived.</summary>
    public abstract Task<int> Exited { get; }

    /// <summary>Why nothing is known about its end: its node was lost, with everything that was on its way from there. Null when its end was seen.</summary>
    public virtual string? LostWith => null;

    /// <summary>What its node found out about its memory; null when this process has to look itself.</summary>
    public virtual MemoryAtDeath? ReportedMemory => null;

    /// <summary>Gets the last lines that it wrote to stderr, as far as they are known.</summary>
    public abstract string StderrTail();

    /// <summary>Notes that it was asked to end by itself, so that its end is no surprise.</summary>
    public abstract void ExpectEnd();

    public abstract void Kill();
}
