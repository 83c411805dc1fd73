namespace Multiproc;

/// <summary>
/// Ends a process with an exit code when its target throws it: Python's <c>SystemExit</c>, <c>sys.exit(n)</c>. Unlike <see cref="Environment.Exit"/> it lets
/// <c>finally</c> blocks run, and ends a child on a thread (<see cref="StartMethod.InProcess"/>) without ending the program. In the main process
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
    /// <summary>Creates an exception that ends the process with exit code 0.</summary>
    public SystemExitException()
        : this(0)
    {
    }

    /// <summary>Creates an exception that ends the process with an exit code.</summary>
    /// <param name="code">The exit code. Operating systems keep its lowest eight bits, so -1 becomes 255.</param>
    public SystemExitException(int code)
        : base($"The process ends with exit code {code}.") =>
        Code = code;

    /// <summary>Creates an exception that writes a message to stderr and ends the process with exit code 1.</summary>
    /// <param name="message">The message; written to stderr unchanged, without a stack trace.</param>
    public SystemExitException(string message)
        : base(message)
    {
        Code = 1;
        HasText = true;
    }

    /// <summary>Creates an exception with a cause that writes a message to stderr and ends the process with exit code 1.</summary>
    /// <param name="message">The message; written to stderr unchanged, without a stack trace.</param>
    /// <param name="innerException">The cause.</param>
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
