namespace Multiproc;

/// <summary>
/// Thrown when a process receives an object of a cluster that neither it nor any of its ancestors is a node of. Join the cluster by <c>Mp.Cluster</c> first,
/// or receive the object in a child of a process that has joined.
/// </summary>
public sealed class NotInClusterException : MultiprocException
{
    /// <summary>Creates the exception without a message.</summary>
    public NotInClusterException()
    {
    }

    /// <summary>Creates the exception with a message: what was tried, on what, and what to do next.</summary>
    /// <param name="message">The message.</param>
    public NotInClusterException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public NotInClusterException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
