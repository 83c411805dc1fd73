namespace Multiproc;

/// <summary>The base of every error that this library defines. Python's <c>ProcessError</c>.</summary>
public class MultiprocException : Exception
{
    /// <summary>Makes an error without a message.</summary>
    public MultiprocException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public MultiprocException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public MultiprocException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
