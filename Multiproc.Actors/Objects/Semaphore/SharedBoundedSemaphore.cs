using System.Diagnostics;
using Multiproc.Objects.Semaphores;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>A semaphore that never has more permits than at its start: giving one too many is an error, and shows that somebody gave what he had not taken.</summary>
/// <example>
/// <code>
/// using var licences = Mp.BoundedSemaphore(3);
/// using (licences.Hold())
/// {
///     Console.WriteLine("one of three");
/// }
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedBoundedSemaphore : SharedSemaphoreBase, ISelfCoded<SharedBoundedSemaphore>
{
    internal SharedBoundedSemaphore(ObjectHandle handle, int maximum)
        : base(handle, maximum)
    {
    }

    private protected override string Kind => nameof(SharedBoundedSemaphore);

    static SharedBoundedSemaphore ISelfCoded<SharedBoundedSemaphore>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        return new SharedBoundedSemaphore(handle, checked((int)reader.VarUInt()));
    }

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)Maximum);
    }
}
