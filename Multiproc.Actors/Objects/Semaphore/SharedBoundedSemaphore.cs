using System.Diagnostics;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A semaphore whose value never exceeds its initial value: releasing once too often throws, which exposes code that releases without acquiring. When a
/// process dies, the permits that it held come back.
/// </summary>
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
