namespace Multiproc;

/// <summary>How a connection writes the objects that are sent over it. Both ends must use the same; bytes are the same in both.</summary>
public enum ConnectionFormat
{
    /// <summary>This library's own format: everything that can be sent to a process, between programs of the same build. The default.</summary>
    Native,

    /// <summary>Python's pickle, for plain objects: to talk with CPython.</summary>
    Pickle,
}
