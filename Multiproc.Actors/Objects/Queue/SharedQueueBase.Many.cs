using System.Diagnostics;
using Multiproc.Objects.Queues;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Several items in one message.</content>
public abstract partial class SharedQueueBase<T>
{
    private const int MostInPortion = 4096;
    private const int PortionBytes = 1 << 17;

    /// <summary>
    /// Adds items at the end, in their order; waits for room in a bounded queue. They travel in a few messages, so this is much faster than a put
    /// of each; items of other producers may come between them.
    /// </summary>
    /// <param name="items">The items; all are serialized before the first is added.</param>
    /// <param name="timeout">How long to wait for room for all of them; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; items that had found room stay in the queue.</param>
    /// <exception cref="QueueFullException">There was not enough room in time; <see cref="QueueFullException.Added"/> of the items are in the queue.</exception>
    /// <exception cref="SerializationException">An item cannot be sent; then none was added.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
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
            added += _maxSize <= 0 ? TellAll(command, limit, added, cancellation) : CountAdded(Ask(command, cancellation), limit, added);
        }
    }

    /// <summary>The same as <see cref="PutMany"/>, without a blocked thread.</summary>
    /// <param name="items">The items; all are serialized before the first is added.</param>
    /// <param name="timeout">How long to wait for room for all of them; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; items that had found room stay in the queue.</param>
    /// <returns>A task that ends when all items are in the queue.</returns>
    /// <exception cref="QueueFullException">There was not enough room in time; <see cref="QueueFullException.Added"/> of the items are in the queue.</exception>
    /// <exception cref="SerializationException">An item cannot be sent; then none was added.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
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
            added += _maxSize <= 0 ? TellAll(command, limit, added, cancellation) : CountAdded(await AskAsync(command, cancellation).ConfigureAwait(false), limit, added);
        }
    }

    /// <summary>Takes the oldest items: waits for the first, then takes what is there.</summary>
    /// <param name="max">How many at most, from 1. Of large items fewer are given at once.</param>
    /// <param name="timeout">How long to wait for the first; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; no item is lost by it.</param>
    /// <returns>At least one item.</returns>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="SerializationException">The first item cannot be read; it is gone, the others stay in the queue.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is not positive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
    public T[] GetMany(int max, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ThrowIfClosed();
        var reply = Ask(new QueueCommand.GetMany(max, timeout, Environment.CurrentManagedThreadId), cancellation);
        return reply.Status == ReplyStatus.Ok ? OpenMany(reply) : throw Empty(timeout);
    }

    /// <summary>The same as <see cref="GetMany"/>, without a blocked thread.</summary>
    /// <param name="max">How many at most, from 1. Of large items fewer are given at once.</param>
    /// <param name="timeout">How long to wait for the first; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; no item is lost by it.</param>
    /// <returns>At least one item.</returns>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="SerializationException">The first item cannot be read; it is gone, the others stay in the queue.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is not positive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
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
        return [.. items.Select(Serializer.Pack)];
    }

    private Payload[] Portion(List<Payload> packed, int from)
    {
        // More than the queue can hold would travel in vain.
        int most = Math.Min(packed.Count - from, _maxSize > 0 ? Math.Min(_maxSize, MostInPortion) : MostInPortion);
        int count = 1;
        for (long bytes = packed[from].Length; count < most && bytes + packed[from + count].Length <= PortionBytes; count++)
        {
            bytes += packed[from + count].Length;
        }

        return [.. packed.GetRange(from, count)];
    }

    private int TellAll(QueueCommand.PutMany command, WaitTimeout timeout, int addedBefore, CancellationToken cancellation) =>
        TrySendWithin(command.Timeout, cancellation, (Handle, Command: command), static tell => tell.Handle.Tell(tell.Command)) ? command.Items.Length : throw Full(timeout, addedBefore);

    private int CountAdded(in Reply reply, WaitTimeout timeout, int addedBefore) =>
        reply.Status == ReplyStatus.Ok ? (int)reply.Number : throw Full(timeout, addedBefore);

    /// <summary>
    /// An item that cannot be read must not take the others with it: those before it are given, it and those behind it go back; at the head it is
    /// thrown and gone, as by <see cref="Get"/>.
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
