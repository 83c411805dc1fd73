namespace Multiproc;

/// <summary>A value cannot be sent, or bytes that arrived are not a value; the message names the path to the part that is at fault.</summary>
public sealed class SerializationException : MultiprocException
{
    /// <summary>Makes an error without a message.</summary>
    public SerializationException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public SerializationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public SerializationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
