using System.Diagnostics.CodeAnalysis;
using Multiproc.Objects.Queues;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Items that return by themselves unless completed.</content>
public abstract partial class SharedQueueBase<T>
{
    /// <summary>
    /// Takes the oldest item on lease; waits for one. It is gone when the lease is completed. When the lease is given up, or the process that holds it ends in
    /// whatever way, the item goes back to the head, with its <see cref="QueueLease{T}.Redeliveries"/> counted.
    /// </summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; no item is lost by it.</param>
    /// <returns>The lease: complete it, or dispose it to give the item back.</returns>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="SerializationException">The item cannot be read; it has gone back.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
    public QueueLease<T> Lease(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        TryLeaseWithin(out var lease, timeout, cancellation) ? lease : throw Empty(timeout);

    /// <summary>The same as <see cref="Lease"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; no item is lost by it.</param>
    /// <returns>The lease: complete it, or dispose it to give the item back.</returns>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="SerializationException">The item cannot be read; it has gone back.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
    public async ValueTask<QueueLease<T>> LeaseAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ThrowIfClosed();
        var reply = await AskAsync(new QueueCommand.Lease(timeout), cancellation).ConfigureAwait(false);
        return reply.Status == ReplyStatus.Ok ? OpenLease(reply) : throw Empty(timeout);
    }

    /// <summary>Takes the oldest item on lease if there is one in time.</summary>
    /// <param name="lease">The lease; null when there was no item.</param>
    /// <param name="timeout">How long to wait; zero (the default) not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when there was no item in time.</returns>
    /// <exception cref="SerializationException">The item cannot be read; it has gone back.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
    public bool TryLease([NotNullWhen(true)] out QueueLease<T>? lease, TimeSpan timeout = default, CancellationToken cancellation = default) =>
        TryLeaseWithin(out lease, timeout, cancellation);

    /// <summary>
    /// Takes the oldest dead letter if there is one: an item that came back more often than <see cref="SharedQueueOptions.MaxRedeliveries"/>.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <returns>False when there is none.</returns>
    /// <exception cref="SerializationException">The item cannot be read; it is gone.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public bool TryGetDeadLetter(out T? item)
    {
        var reply = Ask(QueueCommand.TakeDeadLetter.Instance, default);
        if (reply.Status != ReplyStatus.Ok)
        {
            item = default;
            return false;
        }

        try
        {
            item = Serializer.Unpack<T>(reply.Value);
        }
        catch
        {
            Handle.TryTell(new QueueCommand.Taken(reply.Call));
            throw;
        }

        Handle.Tell(new QueueCommand.Taken(reply.Call));
        return true;
    }

    /// <summary>How many dead letters there are.</summary>
    /// <returns>The number at the moment of asking.</returns>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public int DeadLetterCount() => (int)Ask(QueueCommand.CountDeadLetters.Instance, default).Number;

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
