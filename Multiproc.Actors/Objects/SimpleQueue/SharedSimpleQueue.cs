using System.Diagnostics;
using Multiproc.Objects.Queues;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>An unbounded first-in, first-out queue that processes share, with a minimal interface: put, get, empty, close.</summary>
/// <remarks>It gives the guarantees of <see cref="SharedQueue{T}"/>: no item is lost when a process dies.</remarks>
/// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
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

    /// <summary>Adds an item at the end. Never waits for room.</summary>
    /// <param name="item">The item. It is serialized before the call returns, so later changes to it are not sent.</param>
    /// <exception cref="SerializationException">The item cannot be serialized; the message names the path to the part at fault.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public void Put(T item)
    {
        ThrowIfClosed();
        if (Handle.IsRelayed)
        {
            // Only the reply says that the item will survive.
            Ask(new QueueCommand.Put(Pack(item), null), CancellationToken.None);
        }
        else if (!DirectPut.TryPut(Handle, item))
        {
            Handle.Tell(new QueueCommand.Put(Pack(item), null));
        }
    }

    /// <summary>Removes and returns the oldest item, waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="timeout">How long to wait; null (the default, and Python's only choice) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; no item is lost.</param>
    /// <returns>The oldest item.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized. It is removed from the queue; the other items stay.</exception>
    /// <exception cref="QueueEmptyException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        return _reader.TryTake(out T? here) ? here! : Open(Ask(_reader.Question(timeout, isBounded: false), cancellation), timeout);
    }

    /// <summary>Removes and returns the oldest item, asynchronously waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; no item is lost.</param>
    /// <returns>The oldest item.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized. It is removed from the queue; the other items stay.</exception>
    /// <exception cref="QueueEmptyException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public async ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        return _reader.TryTake(out T? here)
            ? here!
            : Open(await AskAsync(_reader.Question(timeout, isBounded: false), cancellation).ConfigureAwait(false), timeout);
    }

    /// <summary>Tells whether the queue is empty at this moment.</summary>
    /// <returns>True when it is empty.</returns>
    /// <exception cref="IOException">The queue was closed here; corresponds to Python's <c>OSError</c>.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public bool Empty() => _closed
        ? throw new IOException($"{this} is closed: Close() was called on it in this process.")
        : Ask(QueueCommand.Size.Instance, default).Number == 0;

    /// <summary>Closes this facade: this process can put and get nothing more through it. Other processes go on. Can be called more than once.</summary>
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
