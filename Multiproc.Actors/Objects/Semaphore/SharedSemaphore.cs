using System.Diagnostics;
using Multiproc.Objects.Semaphores;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A counting semaphore that processes share. While permits are available, acquiring and releasing is a compare-and-swap in mapped memory; waiters are
/// served in order. When a process dies, the permits that it held come back. Releasing does not require a permit, so the value may exceed its initial value;
/// use <see cref="SharedBoundedSemaphore"/> to forbid that.
/// </summary>
/// <example>
/// <code>
/// using var slots = Mp.Semaphore(3);
/// using (slots.Hold())
/// {
///     Console.WriteLine("one of three");
/// }
/// </code>
/// </example>
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
