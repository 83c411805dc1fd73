namespace Multiproc;

/// <summary>
/// Thrown when a child process could not be started, or ended before it ran any of the program's code; the message contains what it wrote to stderr.
/// </summary>
public sealed class ProcessStartException : MultiprocException
{
    /// <summary>Whether the system was short of a resource at that moment, so that another attempt may succeed later.</summary>
    internal bool IsShortage { get; init; }

    /// <summary>Creates the exception without a message.</summary>
    public ProcessStartException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public ProcessStartException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public ProcessStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
