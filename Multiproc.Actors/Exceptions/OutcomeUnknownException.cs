namespace Multiproc;

/// <summary>
/// Thrown when the connection to another machine broke during a call, so that the call may or may not have been executed. It was not repeated: check the
/// state of the object and decide. Methods marked with <c>[Idempotent]</c> are repeated automatically instead.
/// </summary>
public sealed class OutcomeUnknownException : ConnectionLostException
{
    /// <summary>Creates the exception without a message.</summary>
    public OutcomeUnknownException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public OutcomeUnknownException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public OutcomeUnknownException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
