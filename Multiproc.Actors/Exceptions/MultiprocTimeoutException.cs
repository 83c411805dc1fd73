namespace Multiproc;

/// <summary>A wait ran out of its time. Python's <c>multiprocessing.TimeoutError</c>.</summary>
public sealed class MultiprocTimeoutException : TimeoutException
{
    /// <summary>Makes an error without a message.</summary>
    public MultiprocTimeoutException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public MultiprocTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public MultiprocTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the caller's own bound ended the wait: where the caller named a time, that is an ordinary "timed out".</summary>
    internal bool IsOfLimit { get; init; }
}
