using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiproc.Objects;
using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.Transport;

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
public sealed class SharedQueue<T> : SharedObject, ISelfCoded<SharedQueue<T>>
{
    private readonly int _maxSize;

    internal SharedQueue(ObjectHandle handle, int maxSize)
        : base(handle) => _maxSize = maxSize;

    /// <summary>How many items the queue holds at most; 0 when it is unbounded.</summary>
    public int MaxSize => _maxSize;

    private protected override string Kind => $"SharedQueue<{typeof(T).Name}>";

    /// <summary>Adds an item at the end; waits for room in a bounded queue.</summary>
    /// <param name="item">The item; it is serialized here, so later changes to it do not travel.</param>
    /// <param name="timeout">How long to wait for room; null (the default) for ever, zero or less not at all.</param>
    /// <param name="cancellation">Gives up waiting; then the item was not added.</param>
    /// <exception cref="QueueFullException">There was no room in time.</exception>
    /// <exception cref="SerializationException">The item cannot be sent; the message names the path to the part at fault.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, here or in its home.</exception>
    public void Put(T item, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        if (!PutWithin(item, timeout, cancellation))
        {
            throw new QueueFullException($"{this} stayed full for {timeout!.Value.TotalSeconds:0.###} s (capacity {_maxSize}); take items out, wait longer, or raise maxSize.");
        }
    }

    /// <summary>The same as <see cref="Put"/>, without a blocked thread.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait for room; null (the default) for ever, zero or less not at all.</param>
    /// <param name="cancellation">Gives up waiting; then the item was not added.</param>
    /// <returns>A task that ends when the item is in the queue.</returns>
    /// <exception cref="QueueFullException">There was no room in time.</exception>
    /// <exception cref="SerializationException">The item cannot be sent.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public async ValueTask PutAsync(T item, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var packed = Serializer.Pack(item);
        if (_maxSize <= 0)
        {
            cancellation.ThrowIfCancellationRequested();
            Handle.Tell(new QueueCommand.Put(packed, null));
            return;
        }

        var answer = await AskAsync(new QueueCommand.Put(packed, timeout), cancellation).ConfigureAwait(false);
        if (answer.Status == AnswerStatus.TimedOut)
        {
            throw new QueueFullException($"{this} stayed full for {timeout!.Value.TotalSeconds:0.###} s (capacity {_maxSize}); take items out, wait longer, or raise maxSize.");
        }
    }

    /// <summary>Adds an item if there is room at once.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="QueueFullException">There is no room.</exception>
    /// <exception cref="SerializationException">The item cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public void PutNowait(T item) => Put(item, TimeSpan.Zero);

    /// <summary>Adds an item if there is room in time.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait for room; zero (the default) not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when there was no room in time.</returns>
    /// <exception cref="SerializationException">The item cannot be sent.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public bool TryPut(T item, TimeSpan timeout = default, CancellationToken cancellation = default) => PutWithin(item, timeout, cancellation);

    /// <summary>Takes the oldest item; waits for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero or less not at all.</param>
    /// <param name="cancellation">Gives up waiting; no item is lost by it.</param>
    /// <returns>The item.</returns>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, here or in its home.</exception>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        GetWithin(out var item, timeout, cancellation) ? item! : throw Empty(timeout);

    /// <summary>The same as <see cref="Get"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero or less not at all.</param>
    /// <param name="cancellation">Gives up waiting; no item is lost by it.</param>
    /// <returns>The item.</returns>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public async ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var answer = await AskAsync(new QueueCommand.Get(timeout), cancellation).ConfigureAwait(false);
        return answer.Status == AnswerStatus.Ok ? Open(answer) : throw Empty(timeout);
    }

    /// <summary>Takes the oldest item if there is one at once.</summary>
    /// <returns>The item.</returns>
    /// <exception cref="QueueEmptyException">There is none.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public T GetNowait() => Get(TimeSpan.Zero);

    /// <summary>Takes the oldest item if there is one in time.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait; zero (the default) not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when there was none in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public bool TryGet(out T? item, TimeSpan timeout = default, CancellationToken cancellation = default) => GetWithin(out item, timeout, cancellation);

    /// <summary>Takes items as they come, until <paramref name="cancellation"/> fires.</summary>
    /// <param name="cancellation">Ends the enumeration.</param>
    /// <returns>The items.</returns>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            yield return await GetAsync(null, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>How many items were put and not yet taken.</summary>
    /// <returns>The number at the moment of asking; others may change it at once.</returns>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public int QSize() => (int)Ask(QueueCommand.Size.Instance, default).Number;

    /// <summary>Whether the queue had no item at the moment of asking.</summary>
    /// <returns>True when it had none.</returns>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public bool Empty() => QSize() == 0;

    /// <summary>Whether the queue had no room at the moment of asking; never true for an unbounded queue.</summary>
    /// <returns>True when it had none.</returns>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public bool Full() => _maxSize > 0 && QSize() >= _maxSize;

    static SharedQueue<T> ISelfCoded<SharedQueue<T>>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        return new SharedQueue<T>(handle, checked((int)reader.VarUInt()));
    }

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)_maxSize);
    }

    private bool PutWithin(T item, TimeSpan? timeout, CancellationToken cancellation)
    {
        var packed = Serializer.Pack(item);
        if (_maxSize > 0)
        {
            return Ask(new QueueCommand.Put(packed, timeout), cancellation).Status == AnswerStatus.Ok;
        }

        // There is always room: once the message is in mapped memory it arrives, even if this process dies now.
        cancellation.ThrowIfCancellationRequested();
        Handle.Tell(new QueueCommand.Put(packed, null));
        return true;
    }

    private bool GetWithin(out T? item, TimeSpan? timeout, CancellationToken cancellation)
    {
        var answer = Ask(new QueueCommand.Get(timeout), cancellation);
        item = answer.Status == AnswerStatus.Ok ? Open(answer) : default;
        return answer.Status == AnswerStatus.Ok;
    }

    /// <summary>
    /// The item is ours only now: until the home knows, it would give it to another if we died. Telling it can wait for the next message,
    /// unless the home keeps much memory for us.
    /// </summary>
    private T Open(in Answer answer)
    {
        if (!Handle.IsLocal)
        {
            Handle.Tell(new QueueCommand.Taken(answer.Call), answer.Value.Length < 4096 ? Wake.Never : Wake.Always);
        }

        return Serializer.Unpack<T>(answer.Value);
    }

    private QueueEmptyException Empty(TimeSpan? timeout) =>
        new($"{this} had no item for {Math.Max(0, timeout!.Value.TotalSeconds):0.###} s; wait longer, or use TryGet.");
}
