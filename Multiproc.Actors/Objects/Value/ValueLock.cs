using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Objects;

/// <summary>The lock of a value or an array, and whether it ends with it; a lock that was passed in is not owned.</summary>
internal readonly record struct ValueLock(SharedLockBase? Lock, bool IsOwned)
{
    private const byte None = 0;
    private const byte Recursive = 1;
    private const byte Plain = 2;

    public void WriteTo(WireWriter writer)
    {
        writer.Byte(Lock switch { null => None, SharedRLock => Recursive, _ => Plain });
        Lock?.Handle.WriteTo(writer);
    }

    /// <summary>Reads a lock. The received handle to it is owned, and is disposed with its value.</summary>
    public static ValueLock ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        None => default,
        Recursive => new(new SharedRLock(ObjectHandle.ReadFrom(ref reader)), true),
        Plain => new(new SharedLock(ObjectHandle.ReadFrom(ref reader)), true),
        var other => throw new SerializationException($"Malformed value: {other} is not a type of lock."),
    };
}
