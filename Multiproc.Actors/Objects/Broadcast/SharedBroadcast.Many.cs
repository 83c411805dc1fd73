using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Objects.Broadcasts;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Several items in one message.</content>
public sealed partial class SharedBroadcast<T>
{
    /// <summary>
    /// Publishes several items to all readers, in order, waiting up to <paramref name="timeout"/> for room. The items travel in a few messages, which is much
    /// faster than one <see cref="Publish"/> for each; items of other publishers may come between them.
    /// </summary>
    /// <param name="items">The items; all of them are serialized before the first is published.</param>
    /// <param name="timeout">
    /// How long to wait for slow readers, for all items together; null (the default) waits forever, zero does not wait. Only <see cref="SlowReaders.Wait"/>
    /// ever waits.
    /// </param>
    /// <param name="cancellation">Cancels the wait; items that were already published stay published.</param>
    /// <exception cref="MultiprocTimeoutException">
    /// The slowest reader did not go on within <paramref name="timeout"/>. The message says how many items were published before;
    /// <see cref="TryPublishMany"/> returns their number.
    /// </exception>
    /// <exception cref="SerializationException">An item cannot be serialized; no item was published.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The broadcast was disposed, in this process or in its node.</exception>
    public void PublishMany(IEnumerable<T> items, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var batch = PublishAll(items, timeout, cancellation);
        if (!batch.IsDone)
        {
            throw Full(batch, timeout);
        }
    }

    /// <summary>
    /// Publishes several items to all readers, in order, asynchronously waiting up to <paramref name="timeout"/> for room. The items travel in a few messages,
    /// which is much faster than one <see cref="PublishAsync"/> for each; items of other publishers may come between them.
    /// </summary>
    /// <param name="items">The items; all of them are serialized before the first is published.</param>
    /// <param name="timeout">
    /// How long to wait for slow readers, for all items together; null (the default) waits forever, zero does not wait. Only <see cref="SlowReaders.Wait"/>
    /// ever waits.
    /// </param>
    /// <param name="cancellation">Cancels the wait; items that were already published stay published.</param>
    /// <returns>A task that completes when all items were published.</returns>
    /// <exception cref="MultiprocTimeoutException">
    /// The slowest reader did not go on within <paramref name="timeout"/>. The message says how many items were published before.
    /// </exception>
    /// <exception cref="SerializationException">An item cannot be serialized; no item was published.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The broadcast was disposed, in this process or in its node.</exception>
    public async ValueTask PublishManyAsync(IEnumerable<T> items, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var batch = new Batch(PackAll(items), timeout);
        while (!batch.IsDone)
        {
            if (!batch.Accept(await AskAsync(batch.Next(), cancellation).ConfigureAwait(false)))
            {
                throw Full(batch, timeout);
            }
        }
    }

    /// <summary>Publishes as many of the items as there is room for, in order, waiting for it only if a timeout is given.</summary>
    /// <param name="items">The items; all of them are serialized before the first is published.</param>
    /// <param name="timeout">How long to wait for slow readers, for all items together; zero (the default) does not wait.</param>
    /// <param name="cancellation">Cancels the wait; items that were already published stay published.</param>
    /// <returns>How many items were published: all of them, or the first ones, when the slowest reader did not go on.</returns>
    /// <exception cref="SerializationException">An item cannot be serialized; no item was published.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The broadcast was disposed, in this process or in its node.</exception>
    public int TryPublishMany(IEnumerable<T> items, TimeSpan timeout = default, CancellationToken cancellation = default) =>
        PublishAll(items, timeout, cancellation).Published;

    private Batch PublishAll(IEnumerable<T> items, WaitTimeout timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var batch = new Batch(PackAll(items), timeout);
        while (!batch.IsDone && batch.Accept(Ask(batch.Next(), cancellation)))
        {
            // The rest is sent when these are published.
        }

        return batch;
    }

    private List<Payload> PackAll(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return [.. items.Select(Pack)];
    }

    private MultiprocTimeoutException Full(Batch batch, WaitTimeout timeout) => new(
        $"{this} stayed full for {timeout} when {batch.Published} of {batch.Count} items were published, since a reader did not take its items: have it read "
        + "or be disposed, wait longer, raise Capacity, or choose another policy for slow readers.");

    /// <summary>Items on their way to the readers, portion by portion.</summary>
    private sealed class Batch(List<Payload> items, WaitTimeout timeout)
    {
        private readonly long _begun = Stopwatch.GetTimestamp();
        private int _most = int.MaxValue;

        public int Count => items.Count;

        public int Published { get; private set; }

        public bool IsDone => Published >= items.Count;

        public BroadcastCommand.PublishMany Next() =>
            new(Portions.Next(items, Published, _most), timeout.Less(Stopwatch.GetElapsedTime(_begun)));

        /// <summary>False when there was no room in time.</summary>
        public bool Accept(in Reply reply)
        {
            if (reply.Status != ReplyStatus.Ok)
            {
                return false;
            }

            // What there is no room for would travel again and again.
            _most = 2 * (int)reply.Number;
            Published += (int)reply.Number;
            return true;
        }
    }
}
