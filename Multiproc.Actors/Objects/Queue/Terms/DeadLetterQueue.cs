using System.Runtime.CompilerServices;
using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>An item that a queue has set aside.</summary>
/// <typeparam name="T">The type of the item.</typeparam>
/// <param name="Item">The item.</param>
/// <param name="Reason">Why it was set aside.</param>
/// <param name="Redeliveries">How often it went back to the queue.</param>
public readonly record struct DeadLetter<T>(T Item, DeadLetterReason Reason, int Redeliveries);

/// <summary>
/// The dead letters of a queue: items that went back to it more often than <see cref="SharedQueueOptions.MaxRedeliveries"/> allows, or that expired while
/// <see cref="SharedQueueOptions.KeepExpired"/> was set. The oldest is taken first. Part of its queue: it is reached by <c>queue.DeadLetters</c>, in every
/// process that has the queue.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <example>
/// <code>
/// await foreach (var dead in jobs.DeadLetters.ReadAllAsync(stop))
/// {
///     log.Add($"{dead.Item}: {dead.Reason} after {dead.Redeliveries} redeliveries");
/// }
/// </code>
/// </example>
public sealed class DeadLetterQueue<T>
{
    private readonly SharedQueueBase<T> _queue;

    internal DeadLetterQueue(SharedQueueBase<T> queue) => _queue = queue;

    /// <summary>Returns the number of dead letters.</summary>
    /// <returns>The number at this moment.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public int Count() => _queue.DeadLetterCount();

    /// <summary>Removes and returns the oldest dead letter, waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The dead letter.</returns>
    /// <exception cref="QueueEmptyException">There was none within <paramref name="timeout"/>.</exception>
    /// <exception cref="SerializationException">The item cannot be deserialized; it is removed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public DeadLetter<T> Get(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        TryGetWithin(out var letter, timeout, cancellation) ? letter : throw Nothing(timeout);

    /// <summary>Removes and returns the oldest dead letter, asynchronously waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The dead letter.</returns>
    /// <exception cref="QueueEmptyException">There was none within <paramref name="timeout"/>.</exception>
    /// <exception cref="SerializationException">The item cannot be deserialized; it is removed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public async ValueTask<DeadLetter<T>> GetAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var reply = await _queue.TakeDeadLetterAsync(timeout, cancellation).ConfigureAwait(false);
        return reply.Status == ReplyStatus.Ok ? Open(reply) : throw Nothing(timeout);
    }

    /// <summary>Removes the oldest dead letter, waiting for one only if a timeout is given.</summary>
    /// <param name="letter">The dead letter; the default value when there is none.</param>
    /// <param name="timeout">How long to wait; zero (the default) does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when there was one.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized; it is removed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public bool TryGet(out DeadLetter<T> letter, TimeSpan timeout = default, CancellationToken cancellation = default) =>
        TryGetWithin(out letter, timeout, cancellation);

    /// <summary>Removes and returns dead letters one after the other, waiting for each. Ends only by an exception or by the token.</summary>
    /// <param name="cancellation">Cancels the enumeration.</param>
    /// <returns>The dead letters.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public async IAsyncEnumerable<DeadLetter<T>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            yield return await GetAsync(null, cancellation).ConfigureAwait(false);
        }
    }

    private bool TryGetWithin(out DeadLetter<T> letter, TimeSpan? timeout, CancellationToken cancellation)
    {
        var reply = _queue.TakeDeadLetter(timeout, cancellation);
        letter = reply.Status == ReplyStatus.Ok ? Open(reply) : default;
        return reply.Status == ReplyStatus.Ok;
    }

    /// <summary>Until the value was deserialized, the node gives the letter to another process if this one dies.</summary>
    private DeadLetter<T> Open(in Reply reply)
    {
        FaultPoint.Reached("letter: given");
        T item;
        try
        {
            item = Serializer.Unpack<T>(reply.Value);
        }
        catch
        {
            _queue.Handle.TryTell(new QueueCommand.Taken(reply.Call));
            throw;
        }

        _queue.Handle.Tell(new QueueCommand.Taken(reply.Call));
        return reply.Number < 0
            ? new DeadLetter<T>(item, DeadLetterReason.Expired, (int)(-1 - reply.Number))
            : new DeadLetter<T>(item, DeadLetterReason.Redelivered, (int)reply.Number);
    }

    private QueueEmptyException Nothing(WaitTimeout timeout) => new($"{_queue} had no dead letter for {timeout}; wait longer, or use TryGet.");
}
