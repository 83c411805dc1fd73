using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Several items in one message.</content>
public abstract partial class SharedQueueBase<T>
{
    /// <summary>
    /// Adds several items at the end, in order, waiting up to <paramref name="timeout"/> for room if the queue is bounded. The items travel in a few messages,
    /// which is much faster than one put for each; items of other producers may come between them.
    /// </summary>
    /// <param name="items">The items; all of them are serialized before the first is added.</param>
    /// <param name="timeout">How long to wait for room for all of them; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; items already added stay in the queue.</param>
    /// <exception cref="QueueFullException">
    /// There was not room for all items within <paramref name="timeout"/>; <see cref="QueueFullException.Added"/> tells how many were added.
    /// </exception>
    /// <exception cref="SerializationException">An item cannot be serialized; no item was added.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public void PutMany(IEnumerable<T> items, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var packed = PackAll(items);
        WaitTimeout limit = timeout;
        long begun = Stopwatch.GetTimestamp();
        for (int added = 0; added < packed.Count;)
        {
            cancellation.ThrowIfCancellationRequested();
            var command = new QueueCommand.PutMany(Portion(packed, added), limit.Less(Stopwatch.GetElapsedTime(begun)));
            added += !AsksToPut ? TellAll(command, limit, added, cancellation) : CountAdded(Ask(command, cancellation), limit, added);
        }
    }

    /// <summary>
    /// Adds several items at the end, in order, asynchronously waiting up to <paramref name="timeout"/> for room if the queue is bounded. The items travel in a
    /// few messages, which is much faster than one put for each; items of other producers may come between them.
    /// </summary>
    /// <param name="items">The items; all of them are serialized before the first is added.</param>
    /// <param name="timeout">How long to wait for room for all of them; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; items already added stay in the queue.</param>
    /// <returns>A task that completes when all items were added; for an unbounded queue, when they were sent.</returns>
    /// <exception cref="QueueFullException">
    /// There was not room for all items within <paramref name="timeout"/>; <see cref="QueueFullException.Added"/> tells how many were added.
    /// </exception>
    /// <exception cref="SerializationException">An item cannot be serialized; no item was added.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public async ValueTask PutManyAsync(IEnumerable<T> items, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var packed = PackAll(items);
        WaitTimeout limit = timeout;
        long begun = Stopwatch.GetTimestamp();
        for (int added = 0; added < packed.Count;)
        {
            cancellation.ThrowIfCancellationRequested();
            var command = new QueueCommand.PutMany(Portion(packed, added), limit.Less(Stopwatch.GetElapsedTime(begun)));
            added += !AsksToPut
                ? TellAll(command, limit, added, cancellation)
                : CountAdded(await AskAsync(command, cancellation).ConfigureAwait(false), limit, added);
        }
    }

    /// <summary>Removes and returns up to <paramref name="max"/> of the oldest items. Waits for the first one only.</summary>
    /// <param name="max">The largest number of items to return, at least 1. Large items may come in smaller batches.</param>
    /// <param name="timeout">How long to wait for the first item; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; no item is lost.</param>
    /// <returns>The items, oldest first; at least one.</returns>
    /// <exception cref="QueueEmptyException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="SerializationException">The first item cannot be deserialized. It is removed from the queue; the other items stay.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is not positive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public T[] GetMany(int max, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ThrowIfClosed();
        var reply = Ask(new QueueCommand.GetMany(max, timeout, Environment.CurrentManagedThreadId), cancellation);
        return reply.Status == ReplyStatus.Ok ? OpenMany(reply) : throw Empty(timeout);
    }

    /// <summary>Removes and returns up to <paramref name="max"/> of the oldest items. Asynchronously waits for the first one only.</summary>
    /// <param name="max">The largest number of items to return, at least 1. Large items may come in smaller batches.</param>
    /// <param name="timeout">How long to wait for the first item; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; no item is lost.</param>
    /// <returns>The items, oldest first; at least one.</returns>
    /// <exception cref="QueueEmptyException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="SerializationException">The first item cannot be deserialized. It is removed from the queue; the other items stay.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is not positive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public async ValueTask<T[]> GetManyAsync(int max, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ThrowIfClosed();
        var reply = await AskAsync(new QueueCommand.GetMany(max, timeout, Thread: 0), cancellation).ConfigureAwait(false);
        return reply.Status == ReplyStatus.Ok ? OpenMany(reply) : throw Empty(timeout);
    }

    private List<Payload> PackAll(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        BeginPut();
        return [.. items.Select(Pack)];
    }

    /// <summary>Items beyond the capacity of the queue would be sent for nothing.</summary>
    private Payload[] Portion(List<Payload> packed, int from) => Portions.Next(packed, from, _maxSize > 0 ? _maxSize : int.MaxValue);

    private int TellAll(QueueCommand.PutMany command, WaitTimeout timeout, int addedBefore, CancellationToken cancellation) =>
        TrySendWithin(command.Timeout, cancellation, (Handle, Command: command), static tell => tell.Handle.Tell(tell.Command))
            ? command.Items.Length
            : throw Full(timeout, addedBefore);

    private int CountAdded(in Reply reply, WaitTimeout timeout, int addedBefore) =>
        reply.Status == ReplyStatus.Ok ? (int)reply.Number : throw Full(timeout, addedBefore);

    /// <summary>
    /// Deserializes a batch. An item that cannot be read must not take the others with it: the items before it are returned, while it and the items behind it
    /// go back to the queue. At the head of the batch it throws and is removed, as in <see cref="Get"/>.
    /// </summary>
    private T[] OpenMany(in Reply reply)
    {
        var reader = new WireReader(reply.Value.Bytes.Span);
        var items = new T[reader.Count()];
        int read = 0;
        try
        {
            while (read < items.Length)
            {
                int length = reader.Bytes().Length;
                items[read] = Serializer.Unpack<T>(new Payload(reply.Value.Bytes.Slice(reader.Position - length, length)));
                read++;
            }

            return items;
        }
        catch when (read > 0)
        {
            return items[..read];
        }
        finally
        {
            if (!HasUntilDone || read < items.Length)
            {
                Handle.AcknowledgeMany(reply, Math.Max(1, read));
            }
        }
    }
}
