namespace Multiproc;

/// <summary>
/// Thrown when a name of a cluster is opened as something else than it is: another kind of object, another type of elements, or another size. The message says
/// what it is and what was wanted. Choose another name, or delete the object.
/// </summary>
public sealed class NameConflictException : InvalidOperationException
{
    /// <summary>Creates the exception without a message.</summary>
    public NameConflictException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public NameConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public NameConflictException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
