namespace Multiproc;

/// <summary>A barrier is broken: a party gave up, died or failed, or somebody called Abort or Reset. Python's <c>threading.BrokenBarrierError</c>.</summary>
public sealed class BrokenBarrierException : MultiprocException
{
    /// <summary>Makes an error without a message.</summary>
    public BrokenBarrierException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public BrokenBarrierException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public BrokenBarrierException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
