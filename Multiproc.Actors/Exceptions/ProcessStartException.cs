namespace Multiproc;

/// <summary>A child process could not be started, or ended before it ran any of the program's code; what it wrote to stderr is in the message.</summary>
public sealed class ProcessStartException : MultiprocException
{
    /// <summary>Whether the system had too little of something at that moment: the same may succeed later.</summary>
    internal bool IsShortage { get; init; }

    /// <summary>Makes an error without a message.</summary>
    public ProcessStartException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public ProcessStartException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public ProcessStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
