using Multiproc.Processes;

namespace Multiproc;

/// <summary>A worker of a pool ended while it ran a task. Only that task fails; the pool has replaced the worker.</summary>
public sealed class WorkerDiedException : MultiprocException
{
    /// <summary>SIGKILL is what the system's out-of-memory killer sends.</summary>
    private const int OutOfMemory = -9;

    /// <summary>Makes an error without a message.</summary>
    public WorkerDiedException()
    {
    }

    /// <summary>Makes an error with a message.</summary>
    /// <param name="message">The whole message.</param>
    public WorkerDiedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public WorkerDiedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal WorkerDiedException(int pid, int exitCode, long task, string argument, int deaths, string stderr)
        : base($"Worker process {pid} ended with {new ExitStatus(exitCode)} while it ran task {task}{(argument.Length == 0 ? "" : $" ({argument})")}."
            + (deaths > 1 ? $" The task is given up: it was the death of {deaths} workers." : "")
            + (exitCode == OutOfMemory ? " Nobody in this program did that, unless it kills by itself: the system does so when its memory runs out." : "")
            + (stderr.Length == 0 ? " It wrote nothing to stderr." : $" Its last words on stderr: {stderr}"))
    {
        Pid = pid;
        ExitCode = exitCode;
        TaskIndex = task;
        Argument = argument;
        Deaths = deaths;
        LastStderr = stderr;
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

    /// <summary>What it wrote to stderr last; empty when it wrote nothing.</summary>
    public string LastStderr { get; } = "";
}
