namespace Multiproc;

/// <summary>
/// Thrown by the target of a process to end it with an exit code: Python's <c>SystemExit</c>, <c>sys.exit(n)</c>. Unlike <see cref="Environment.Exit"/> it lets
/// <c>finally</c> blocks run, and a child on a thread (<see cref="StartMethod.InProcess"/>) ends without its program. In the main process
/// and in tasks of a pool it is an exception like any other.
/// </summary>
/// <example>
/// <code>
/// static void Check(string path)
/// {
///     if (!File.Exists(path)) throw new SystemExitException($"there is no {path}");   // on stderr, exit code 1
/// }
/// </code>
/// </example>
public sealed class SystemExitException : Exception
{
    /// <summary>Ends with exit code 0.</summary>
    public SystemExitException()
        : this(0)
    {
    }

    /// <summary>Ends with an exit code.</summary>
    /// <param name="code">The code; systems keep its lowest eight bits, so that -1 is seen as 255.</param>
    public SystemExitException(int code)
        : base($"This process is to end with exit code {code}.") =>
        Code = code;

    /// <summary>Ends with exit code 1.</summary>
    /// <param name="message">Written to stderr as it is, without a stack trace.</param>
    public SystemExitException(string message)
        : base(message)
    {
        Code = 1;
        HasText = true;
    }

    /// <summary>The same, with what led to it.</summary>
    /// <param name="message">Written to stderr as it is, without a stack trace.</param>
    /// <param name="innerException">What led to it.</param>
    public SystemExitException(string message, Exception innerException)
        : base(message, innerException)
    {
        Code = 1;
        HasText = true;
    }

    /// <summary>The exit code.</summary>
    public int Code { get; }

    internal bool HasText { get; }
}
