namespace Multiproc;

/// <summary>
/// Thrown when a received message does not fit into the buffer. The message was removed from the connection and is in <see cref="Received"/>. Python's
/// <c>BufferTooShort</c>.
/// </summary>
public sealed class BufferTooShortException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public BufferTooShortException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public BufferTooShortException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public BufferTooShortException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal BufferTooShortException(byte[] received, long room)
        : base($"The message has {received.Length} bytes, but the buffer has room for only {room}. "
            + $"The message is in {nameof(Received)}.") => Received = received;

    /// <summary>The complete message that was received.</summary>
    public ReadOnlyMemory<byte> Received { get; }
}
