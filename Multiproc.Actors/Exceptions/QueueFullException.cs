namespace Multiproc;

/// <summary>A queue had no room for an item in the given time. Python's <c>queue.Full</c>.</summary>
public sealed class QueueFullException : MultiprocException
{
    /// <summary>Makes an error without a message.</summary>
    public QueueFullException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public QueueFullException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public QueueFullException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>How many items of a <c>PutMany</c> had found room before the time was up; they stay in the queue. 0 for a put of one.</summary>
    public int Added { get; init; }
}
