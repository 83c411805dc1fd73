namespace Multiproc;

/// <summary>Thrown when a wait has timed out. Python's <c>multiprocessing.TimeoutError</c>.</summary>
public sealed class MultiprocTimeoutException : TimeoutException
{
    /// <summary>Creates the exception without a message.</summary>
    public MultiprocTimeoutException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public MultiprocTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public MultiprocTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the caller's own wait limit ended the wait: where the caller gave a timeout, that is an ordinary "timed out".</summary>
    internal bool IsOfLimit { get; init; }
}
