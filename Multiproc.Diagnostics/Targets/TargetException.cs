namespace Multiproc.Diagnostics.Targets;

/// <summary>A process cannot be looked into; the message says why and what to do. Each kind has an exit code of its own.</summary>
internal abstract class TargetException(string message, int exitCode, Exception? cause = null) : IOException(message, cause)
{
    public int ExitCode => exitCode;
}

/// <summary>There is no process of that number, or it has just ended.</summary>
internal sealed class NoSuchProcessException(int pid, Exception? cause = null)
    : TargetException($"there is no process {pid}, or it has ended: multiproc-host ps lists those of programs that use Multiproc.", 3, cause);

/// <summary>The process does not run .NET, or does not let itself be looked into.</summary>
internal sealed class NotDotnetException(string message, Exception? cause = null) : TargetException(message, 4, cause);

/// <summary>The process belongs to another user.</summary>
internal sealed class ForeignProcessException(int pid, string name)
    : TargetException($"process {pid} ({name}) belongs to another user: only its own user may look into it.", 5);
