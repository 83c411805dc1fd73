namespace Multiproc;

/// <summary>Stands for an exception of another process that could not be sent as itself: contains its type, message and stack trace as text.</summary>
public sealed class RemoteException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public RemoteException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">The message.</param>
    public RemoteException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
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

    /// <summary>The full name of the original exception's type.</summary>
    public string RemoteType { get; } = "";

    /// <summary>The original exception's message.</summary>
    public string RemoteMessage { get; } = "";

    /// <summary>The original exception's stack trace in the other process.</summary>
    public string RemoteStackTrace { get; } = "";
}
