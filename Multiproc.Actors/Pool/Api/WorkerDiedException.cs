using Multiproc.Pool;
using Multiproc.Processes;

namespace Multiproc;

/// <summary>A worker of a pool ended while it ran a task. Only that task fails; the pool has replaced the worker.</summary>
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
            + (deaths > 1 ? $" The task is given up: it was the death of {deaths} workers." : "")
            + memory.Sentence
            + (stderr.Length == 0 ? " It wrote nothing to stderr." : $" Its last words on stderr: {stderr}"))
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

    /// <summary>The process id of the worker.</summary>
    public int Pid { get; }

    /// <summary>Its exit code; -N when signal N ended it.</summary>
    public int ExitCode { get; }

    /// <summary>The signal that ended it; null when it exited.</summary>
    public int? Signal => new ExitStatus(ExitCode).Signal;

    /// <summary>The place of the task in its input, from 0.</summary>
    public long TaskIndex { get; }

    /// <summary>The task's argument in a few words; empty when it had none.</summary>
    public string Argument { get; } = "";

    /// <summary>How many workers died of this task, this one included.</summary>
    public int Deaths { get; }

    /// <summary>
    /// How many bytes of memory it used when it was looked at last, at most a twentieth of a second before its end; null when nobody looked, which is so unless
    /// <see cref="PoolOptions.HardMaxMemoryPerWorker"/> or <see cref="PoolOptions.MaxMemoryPerWorker"/> is set.
    /// </summary>
    public long? Memory { get; }

    /// <summary>
    /// Whether it is known to have ended because there was not enough memory for it: the pool killed it for that, the runtime said so, or the system counted
    /// one
    /// more process that it killed for that.
    /// </summary>
    public bool OutOfMemory { get; }

    /// <summary>What it wrote to stderr last; empty when it wrote nothing.</summary>
    public string LastStderr { get; } = "";
}
