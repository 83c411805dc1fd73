using System.Diagnostics;
using Multiproc.Objects.Queues;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>The smallest queue between processes: put, get, and whether it is empty. It has no bound.</summary>
/// <remarks>In its node it is the same as a <see cref="SharedQueue{T}"/>, with the same promises: an item is never lost by a death.</remarks>
/// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
/// <example>
/// <code>
/// using var queue = Mp.SimpleQueue&lt;int&gt;();
/// var child = Mp.Process(static q => q.Put(42), queue);
/// child.Start();
/// Console.WriteLine(queue.Get());
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedSimpleQueue<T> : SharedObject, ISelfCoded<SharedSimpleQueue<T>>
{
    private readonly QueueReader _reader;
    private volatile bool _closed;

    internal SharedSimpleQueue(ObjectHandle handle)
        : base(handle) => _reader = new QueueReader(handle);

    private protected override string Kind => $"SharedSimpleQueue<{typeof(T).Name}>";

    /// <summary>Adds an item at the end; there is always room.</summary>
    /// <param name="item">The item; it is serialized here, so later changes to it do not travel.</param>
    /// <exception cref="SerializationException">The item cannot be sent; the message names the path to the part at fault.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
    public void Put(T item)
    {
        ThrowIfClosed();
        if (!DirectPut.TryPut(Handle, item))
        {
            Handle.Tell(new QueueCommand.Put(Serializer.Pack(item), null));
        }
    }

    /// <summary>Takes the oldest item; waits for one.</summary>
    /// <param name="timeout">How long to wait; null (the default, and all that Python has) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; no item is lost by it.</param>
    /// <returns>The item.</returns>
    /// <exception cref="SerializationException">The item cannot be read; it is gone, the others stay in the queue.</exception>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        return _reader.TryTake(out T? here) ? here! : Open(Ask(_reader.Question(timeout, isBounded: false), cancellation), timeout);
    }

    /// <summary>The same as <see cref="Get"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; no item is lost by it.</param>
    /// <returns>The item.</returns>
    /// <exception cref="SerializationException">The item cannot be read; it is gone, the others stay in the queue.</exception>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
    public async ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        return _reader.TryTake(out T? here)
            ? here!
            : Open(await AskAsync(_reader.Question(timeout, isBounded: false), cancellation).ConfigureAwait(false), timeout);
    }

    /// <summary>Whether the queue had no item at the moment of asking.</summary>
    /// <returns>True when it had none.</returns>
    /// <exception cref="IOException">The queue was closed here; an error of the system's kind, as in Python.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public bool Empty() => _closed
        ? throw new IOException($"{this} is closed: Close() was called on it in this process.")
        : Ask(QueueCommand.Size.Instance, default).Number == 0;

    /// <summary>Says that this process puts and gets nothing more through this facade; others go on. May be called again.</summary>
    public void Close() => _closed = true;

    static SharedSimpleQueue<T> ISelfCoded<SharedSimpleQueue<T>>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));

    private T Open(in Reply reply, WaitTimeout timeout)
    {
        if (reply.Status != ReplyStatus.Ok)
        {
            throw new QueueEmptyException($"{this} had no item for {timeout}; wait longer.");
        }

        return _reader.Open<T>(reply);
    }

    private void ThrowIfClosed()
    {
        if (_closed)
        {
            throw new InvalidOperationException($"{this} is closed: Close() was called on it in this process.");
        }
    }
}
