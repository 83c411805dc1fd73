using System.Diagnostics.CodeAnalysis;
using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Leases: items that go back to the queue unless they are completed.</content>
public abstract partial class SharedQueueBase<T>
{
    /// <summary>
    /// Takes the oldest item on lease, waiting up to <paramref name="timeout"/> for one. Completing the lease removes the item for good. When the lease is
    /// abandoned, or the process that holds it ends in any way, the item goes back to the head of the queue and its
    /// <see cref="QueueLease{T}.Redeliveries"/> grows by one.
    /// </summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; no item is lost.</param>
    /// <returns>The lease; complete it, or dispose it to give the item back.</returns>
    /// <exception cref="QueueEmptyException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="SerializationException">The item cannot be deserialized; it went back to the queue.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public QueueLease<T> Lease(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        TryLeaseWithin(out var lease, timeout, cancellation) ? lease : throw Empty(timeout);

    /// <summary>
    /// Takes the oldest item on lease, asynchronously waiting up to <paramref name="timeout"/> for one. Completing the lease removes the item for good. When
    /// the lease is abandoned, or the process that holds it ends in any way, the item goes back to the head of the queue.
    /// </summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; no item is lost.</param>
    /// <returns>The lease; complete it, or dispose it to give the item back.</returns>
    /// <exception cref="QueueEmptyException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="SerializationException">The item cannot be deserialized; it went back to the queue.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public async ValueTask<QueueLease<T>> LeaseAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ThrowIfClosed();
        var reply = await AskAsync(new QueueCommand.Lease(timeout), cancellation).ConfigureAwait(false);
        return reply.Status == ReplyStatus.Ok ? OpenLease(reply) : throw Empty(timeout);
    }

    /// <summary>Tries to take the oldest item on lease, waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="lease">The lease; null when there was no item.</param>
    /// <param name="timeout">How long to wait; zero (the default) does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when there was an item; false when none came.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized; it went back to the queue.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public bool TryLease([NotNullWhen(true)] out QueueLease<T>? lease, TimeSpan timeout = default, CancellationToken cancellation = default) =>
        TryLeaseWithin(out lease, timeout, cancellation);

    /// <summary>
    /// Removes the oldest dead letter, if there is one: an item that went back to the queue more often than <see cref="SharedQueueOptions.MaxRedeliveries"/>
    /// allows, or that expired.
    /// </summary>
    /// <param name="item">The item; the default value when there is none.</param>
    /// <returns>True when there was a dead letter; false when there is none.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized; it is removed.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public bool TryGetDeadLetter(out T? item) => TryGetDeadLetter(out item, out _);

    /// <summary>Removes the oldest dead letter, if there is one, and says why it is one.</summary>
    /// <param name="item">The item; the default value when there is none.</param>
    /// <param name="reason">Why it became a dead letter.</param>
    /// <returns>True when there was a dead letter; false when there is none.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized; it is removed.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public bool TryGetDeadLetter(out T? item, out DeadLetterReason reason)
    {
        bool has = DeadLetters.TryGet(out var letter);
        (item, reason) = (letter.Item, letter.Reason);
        return has;
    }

    /// <summary>Returns the number of dead letters.</summary>
    /// <returns>The number at this moment.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public int DeadLetterCount() => (int)Ask(QueueCommand.CountDeadLetters.Instance, default).Number;

    /// <summary>The dead letters of the queue, as a queue of their own that can be waited for.</summary>
    public DeadLetterQueue<T> DeadLetters => field ??= new(this);

    /// <summary>Asks for the oldest dead letter; for <see cref="DeadLetterQueue{T}"/>.</summary>
    internal Reply TakeDeadLetter(WaitTimeout timeout, CancellationToken cancellation) => Ask(new QueueCommand.TakeDeadLetter(timeout), cancellation);

    internal ValueTask<Reply> TakeDeadLetterAsync(WaitTimeout timeout, CancellationToken cancellation) =>
        AskAsync(new QueueCommand.TakeDeadLetter(timeout), cancellation);

    private bool TryLeaseWithin([NotNullWhen(true)] out QueueLease<T>? lease, WaitTimeout timeout, CancellationToken cancellation)
    {
        ThrowIfClosed();
        var reply = Ask(new QueueCommand.Lease(timeout), cancellation);
        lease = reply.Status == ReplyStatus.Ok ? OpenLease(reply) : null;
        return lease is not null;
    }

    private QueueLease<T> OpenLease(in Reply reply)
    {
        try
        {
            return new QueueLease<T>(this, reply.Call, Serializer.Unpack<T>(reply.Value), (int)reply.Number);
        }
        catch
        {
            Handle.TryTell(new QueueCommand.Abandon(reply.Call));
            throw;
        }
    }
}
