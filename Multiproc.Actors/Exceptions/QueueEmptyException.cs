namespace Multiproc;

/// <summary>A queue had no item in the given time. Python's <c>queue.Empty</c>.</summary>
public sealed class QueueEmptyException : MultiprocException
{
    /// <summary>Makes an error without a message.</summary>
    public QueueEmptyException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public QueueEmptyException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public QueueEmptyException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
