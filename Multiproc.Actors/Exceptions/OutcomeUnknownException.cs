namespace Multiproc;

/// <summary>
/// The connection to another machine broke while a call was under way: it may have been carried out, or not. It was not repeated. Look at the state of the
/// object and decide; calls that may safely be made twice can be marked with <c>[Idempotent]</c>, and are then repeated by themselves.
/// </summary>
public sealed class OutcomeUnknownException : ConnectionLostException
{
    /// <summary>Makes an error without a message.</summary>
    public OutcomeUnknownException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public OutcomeUnknownException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public OutcomeUnknownException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
