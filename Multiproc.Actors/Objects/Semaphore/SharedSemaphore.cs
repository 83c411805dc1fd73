using System.Diagnostics;
using Multiproc.Objects.Semaphores;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A number of permits between processes. Taking and giving one is a compare-and-swap in mapped memory while permits are there;
/// waiters are served in order. When a process dies, the permits that it held come back. It has no owner: its value may grow beyond its start.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedSemaphore : SharedSemaphoreBase, ISelfCoded<SharedSemaphore>
{
    internal SharedSemaphore(ObjectHandle handle)
        : base(handle, SemaphoreCell.MaxCount)
    {
    }

    private protected override string Kind => nameof(SharedSemaphore);

    static SharedSemaphore ISelfCoded<SharedSemaphore>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
