namespace Multiproc;

/// <summary>Thrown when a queue had no item within the timeout. Python's <c>queue.Empty</c>.</summary>
public sealed class QueueEmptyException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public QueueEmptyException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public QueueEmptyException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public QueueEmptyException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
