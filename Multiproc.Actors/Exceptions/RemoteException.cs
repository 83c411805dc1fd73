namespace Multiproc;

/// <summary>An exception of another process that could not be sent as itself: its type, message and stack trace as text.</summary>
public sealed class RemoteException : MultiprocException
{
    /// <summary>Makes an error without a message.</summary>
    public RemoteException()
    {
    }

    /// <summary>Makes an error with a message.</summary>
    /// <param name="message">The whole message.</param>
    public RemoteException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public RemoteException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal RemoteException(string type, string message, string stackTrace)
        : base($"{type}: {message}{Environment.NewLine}--- in the other process ---{Environment.NewLine}{stackTrace}")
    {
        RemoteType = type;
        RemoteMessage = message;
        RemoteStackTrace = stackTrace;
    }

    /// <summary>The full name of the exception's type.</summary>
    public string RemoteType { get; } = "";

    /// <summary>Its message.</summary>
    public string RemoteMessage { get; } = "";

    /// <summary>Where it was thrown in the other process.</summary>
    public string RemoteStackTrace { get; } = "";
}
