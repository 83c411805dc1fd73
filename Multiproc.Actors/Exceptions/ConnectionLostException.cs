namespace Multiproc;

/// <summary>Thrown when the process at the other end of a connection is gone or was disconnected; the message names it.</summary>
public class ConnectionLostException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public ConnectionLostException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public ConnectionLostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public ConnectionLostException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the other side closed the connection on purpose, so that there is nothing to reconnect to.</summary>
    internal bool IsFinal { get; init; }
}
