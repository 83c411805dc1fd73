namespace Multiproc;

/// <summary>The process at the other end of a connection is gone or was cut off; the message names it.</summary>
public class ConnectionLostException : MultiprocException
{
    /// <summary>Makes an error without a message.</summary>
    public ConnectionLostException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public ConnectionLostException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public ConnectionLostException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the other side closed the connection because it wanted to: then there is nothing to connect to again.</summary>
    internal bool IsFinal { get; init; }
}
