namespace Multiproc;

/// <summary>A received message did not fit into the buffer. It was taken off the connection and is here, whole. Python's <c>BufferTooShort</c>.</summary>
public sealed class BufferTooShortException : MultiprocException
{
    /// <summary>Makes an error without a message.</summary>
    public BufferTooShortException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public BufferTooShortException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public BufferTooShortException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal BufferTooShortException(byte[] received, long room)
        : base($"The message has {received.Length} bytes, the buffer has room for {room}. The message is in {nameof(Received)}.") => Received = received;

    /// <summary>The complete message that was received.</summary>
    public ReadOnlyMemory<byte> Received { get; }
}
