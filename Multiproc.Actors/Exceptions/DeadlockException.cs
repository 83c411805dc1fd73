namespace Multiproc;

/// <summary>
/// Thrown when a call is refused because it would deadlock: the calls that it would wait for are waiting for it. The message names the cycle.
/// </summary>
public sealed class DeadlockException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public DeadlockException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public DeadlockException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public DeadlockException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
