namespace Multiproc;

/// <summary>The base class of most exceptions that this library defines. Python's <c>ProcessError</c>.</summary>
public class MultiprocException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public MultiprocException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public MultiprocException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public MultiprocException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
