namespace Multiproc;

/// <summary>A peer could not prove that it knows the authentication key, or did not do so in time.</summary>
public sealed class AuthenticationException : MultiprocException
{
    /// <summary>Makes an error without a message.</summary>
    public AuthenticationException()
    {
    }

    /// <summary>Makes an error that says what was tried, on what, and what to do next.</summary>
    /// <param name="message">The whole message.</param>
    public AuthenticationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public AuthenticationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
