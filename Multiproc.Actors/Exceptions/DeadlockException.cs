namespace Multiproc;

/// <summary>A call was refused because it could never have begun: the calls that it would wait for wait for it. The message names the cycle.</summary>
public sealed class DeadlockException : MultiprocException
{
    /// <summary>Makes an error without a message.</summary>
    public DeadlockException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public DeadlockException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public DeadlockException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
