namespace Multiproc;

/// <summary>Thrown when a queue had no room for an item within the timeout. Python's <c>queue.Full</c>.</summary>
public sealed class QueueFullException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public QueueFullException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public QueueFullException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public QueueFullException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>How many items of a <c>PutMany</c> were added before the timeout; they stay in the queue. 0 for a <c>Put</c>.</summary>
    public int Added { get; init; }
}
