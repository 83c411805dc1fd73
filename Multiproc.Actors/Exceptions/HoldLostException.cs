namespace Multiproc;

/// <summary>
/// Thrown when a lock, a permit or a leadership that this process had acquired is used or released after it was lost, although the process lives: its node was
/// cut off from its cluster, or the file or manager that it was held in is gone. Somebody else may have it. The token of the hold has fired before: see
/// <see cref="SharedLockBase.Lost"/>. What was begun under the hold may be half done: send the fence along with writes to other systems, so that they can
/// refuse a late one.
/// </summary>
public sealed class HoldLostException : ConnectionLostException
{
    /// <summary>Creates the exception without a message.</summary>
    public HoldLostException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public HoldLostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public HoldLostException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
