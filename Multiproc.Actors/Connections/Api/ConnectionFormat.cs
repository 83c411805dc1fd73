namespace Multiproc;

/// <summary>Specifies how a connection serializes objects. Both ends must use the same format; messages of bytes are the same in both.</summary>
public enum ConnectionFormat
{
    /// <summary>The format of this library, for all sendable types; both ends must run the same build of the program. The default.</summary>
    Native,

    /// <summary>Python's pickle, for plain objects exchanged with CPython.</summary>
    Pickle,
}
