namespace Multiproc;

/// <summary>
/// A reader of a <see cref="SharedBroadcast{T}"/> was disconnected, because it did not take its items while
/// <see cref="SharedBroadcastOptions.Capacity"/> newer ones were published. Subscribe again to read on from now.
/// </summary>
public sealed class SlowReaderException : MultiprocException
{
    /// <summary>Creates the exception.</summary>
    public SlowReaderException()
    {
    }

    /// <summary>Creates the exception with a message that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public SlowReaderException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public SlowReaderException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
