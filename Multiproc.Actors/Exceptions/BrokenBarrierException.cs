namespace Multiproc;

/// <summary>Thrown at a broken barrier: a party gave up, died or failed, or Abort or Reset was called. Python's <c>threading.BrokenBarrierError</c>.</summary>
public sealed class BrokenBarrierException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public BrokenBarrierException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public BrokenBarrierException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public BrokenBarrierException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
