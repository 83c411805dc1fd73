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

    internal WorkerDiedException(int pid, int exitCode, long task, string argument, int deaths, string stderr, MemoryAtDeath memory)
        : base($"Worker process {pid} ended with {new ExitStatus(exitCode)} while it ran task {task}{(argument.Length == 0 ? "" : $" ({argument})")}."
            + (deaths > 1 ? $" The task is given up: {deaths} workers died while they ran it." : "")
            + memory.Sentence
            + (stderr.Length == 0 ? " It wrote nothing to stderr." : $" Its last lines on stderr: {stderr}"))
    {
        Pid = pid;
        ExitCode = exitCode;
        TaskIndex = task;
        Argument = argument;
        Deaths = deaths;
        LastStderr = stderr;
        Memory = memory.Bytes;
        OutOfMemory = memory.RanOut;
    }

    /// <summary>Gets the process id of the worker.</summary>
    public int Pid { get; }

    /// <summary>Gets the exit code of the worker; -N if signal N ended it.</summary>
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
}
