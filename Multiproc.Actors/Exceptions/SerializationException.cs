namespace Multiproc;

/// <summary>Thrown when a value cannot be serialized, or received bytes cannot be deserialized; the message names the path to the part at fault.</summary>
public sealed class SerializationException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public SerializationException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public SerializationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public SerializationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
