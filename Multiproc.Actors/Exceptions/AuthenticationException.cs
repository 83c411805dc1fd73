namespace Multiproc;

/// <summary>Thrown when a peer could not prove that it knows the authentication key, or did not do so in time.</summary>
public sealed class AuthenticationException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public AuthenticationException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public AuthenticationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public AuthenticationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
