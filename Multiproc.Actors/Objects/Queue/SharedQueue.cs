using System.Diagnostics;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A first-in, first-out queue that processes share; unbounded by default. Items of one producer keep their order. A put takes effect completely or not at
/// all. If a consumer process dies after an item was sent to it but before <see cref="SharedQueueBase{T}.Get"/> returned it, the item goes back to the queue.
/// </summary>
/// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
/// <example>
/// <code>
/// using var queue = Mp.Queue&lt;int&gt;();
/// var child = Mp.Process(static q => q.Put(42), queue);
/// child.Start();
/// Console.WriteLine(queue.Get());
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedQueue<T> : SharedQueueBase<T>, ISelfCoded<SharedQueue<T>>
{
    internal SharedQueue(ObjectHandle handle, int maxSize)
        : base(handle, maxSize)
    {
    }

    private protected override string Kind => $"SharedQueue<{typeof(T).Name}>";

    static SharedQueue<T> ISelfCoded<SharedQueue<T>>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        return new SharedQueue<T>(handle, checked((int)reader.VarUInt()));
    }
}
