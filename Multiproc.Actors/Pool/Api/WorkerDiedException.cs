using Multiproc.Pool;
using Multiproc.Processes;

namespace Multiproc;

/// <summary>Thrown when a worker of a pool died while it ran a task. Only that task fails; the pool replaces the worker.</summary>
public sealed class WorkerDiedException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public WorkerDiedException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">The message.</param>
    public WorkerDiedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public WorkerDiedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private WorkerDiedException(string message, WorkerProcess worker, long task, string argument, int deaths, string stderr, MemoryAtDeath memory)
        : base(message)
    {
        Pid = worker.Pid ?? 0;
        Node = worker.Node;
        ExitCode = worker.Exited.Result;
        TaskIndex = task;
        Argument = argument;
        Deaths = deaths;
        LastStderr = stderr;
        Memory = memory.Bytes;
        OutOfMemory = memory.RanOut;
    }

    /// <summary>Gets the process id of the worker.</summary>
    public int Pid { get; }

    /// <summary>Gets the node on which the worker ran, as "host:port"; empty if it was a child of this process.</summary>
    public string Node { get; } = "";

    /// <summary>Gets the exit code of the worker; -N if signal N ended it, 255 if it is not known because the node was lost.</summary>
    public int ExitCode { get; }

    /// <summary>Gets the signal that ended the worker; null if it exited.</summary>
    public int? Signal => new ExitStatus(ExitCode).Signal;

    /// <summary>Gets the index of the task in the input of its call, from 0.</summary>
    public long TaskIndex { get; }

    /// <summary>Gets a short description of the task's argument; empty if it had none.</summary>
    public string Argument { get; } = "";

    /// <summary>Gets how many workers died while they ran this task, this one included.</summary>
    public int Deaths { get; }

    /// <summary>
    /// Gets how many bytes of memory the worker used at the last check, at most a twentieth of a second before its end; null if its memory was not checked,
    /// which it is only if <see cref="PoolOptions.HardMaxMemoryPerWorker"/> or <see cref="PoolOptions.MaxMemoryPerWorker"/> is set.
    /// </summary>
    public long? Memory { get; }

    /// <summary>
    /// Gets whether the worker is known to have died for lack of memory: the pool killed it for that, the runtime reported it, or the system counted another
    /// out-of-memory kill.
    /// </summary>
    public bool OutOfMemory { get; }

    /// <summary>Gets the last lines that the worker wrote to stderr; empty if it wrote nothing.</summary>
    public string LastStderr { get; } = "";

    internal static WorkerDiedException Of(WorkerProcess worker, long task, string argument, int deaths, MemoryAtDeath memory)
    {
        string stderr = worker.LostWith is null ? worker.StderrTail().Trim() : "";
        string what = $"task {task}{(argument.Length == 0 ? "" : $" ({argument})")}";
        string which = $"Worker process {worker.Pid}{(worker.Node.Length == 0 ? "" : $" on node {worker.Node}")}";
        string given = deaths > 1 ? $" The task is given up: {deaths} workers died while they ran it." : "";
        string message = worker.LostWith is { } reason
            ? $"{which} was lost with {what}: {reason} The task may or may not have been run."
                + $"{(given.Length > 0 ? given : " Mark tasks that may run twice as idempotent (TaskOptions.Idempotent): they are then run again.")}"
            : $"{which} ended with {new ExitStatus(worker.Exited.Result)} while it ran {what}.{given}{memory.Sentence}"
                + (stderr.Length == 0 ? " It wrote nothing to stderr." : $" Its last lines on stderr: {stderr}");
        return new WorkerDiedException(message, worker, task, argument, deaths, stderr, memory);
    }
}
