using System.Diagnostics;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A first-in first-out queue between processes. Items of one producer keep their order. A process that dies with an item that
/// it took but did not yet see gives the item back; a put is there whole or not at all.
/// </summary>
/// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
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
