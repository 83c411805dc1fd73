using System.Runtime.InteropServices;
using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Items that come later, go first, or expire; and looking at an item without taking it.</content>
public abstract partial class SharedQueueBase<T>
{
    /// <summary>Adds an item with a priority, a delay, or a time to live, waiting up to <paramref name="timeout"/> for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait for room; null (the default) waits forever, zero does not wait.</param>
    /// <param name="priority">
    /// Items of a higher priority are taken first, those of the same one in the order of their puts. Default 0, the priority of all other puts; may be
    /// negative.
    /// </param>
    /// <param name="delay">
    /// How long the item cannot be taken; zero or more, default zero. After it the item takes its place as if it were put then. Until then it takes room in a
    /// bounded queue, and <see cref="QSize"/> does not count it.
    /// </param>
    /// <param name="timeToLive">
    /// How long the item can be taken after its delay; zero (the default) is what <see cref="SharedQueueOptions.TimeToLive"/> says.
    /// </param>
    /// <param name="cancellation">Cancels the wait; the item is then not added.</param>
    /// <exception cref="QueueFullException">
    /// The queue stayed full for the whole <paramref name="timeout"/>; or it is unbounded, and the process that hosts it took no message in that time.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delay"/> or <paramref name="timeToLive"/> is negative.</exception>
    /// <exception cref="SerializationException">The item cannot be serialized; the message names the path to the part at fault.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    /// <example>
    /// <code>
    /// queue.Put(job, priority: 5);
    /// queue.Put(reminder, delay: TimeSpan.FromMinutes(10));
    /// queue.Put(quote, timeToLive: TimeSpan.FromSeconds(2));
    /// </code>
    /// </example>
    public void Put(
        T item, [Optional] TimeSpan? timeout, int priority, TimeSpan delay = default, TimeSpan timeToLive = default, CancellationToken cancellation = default)
    {
        if (!PutWithin(item, timeout, Terms(priority, delay, timeToLive), cancellation))
        {
            throw Full(timeout, 0);
        }
    }

    /// <inheritdoc cref="Put(T, TimeSpan?, int, TimeSpan, TimeSpan, CancellationToken)"/>
    public void Put(
        T item, [Optional] TimeSpan? timeout, TimeSpan delay, TimeSpan timeToLive = default, CancellationToken cancellation = default) =>
        Put(item, timeout, 0, delay, timeToLive, cancellation);

    /// <inheritdoc cref="Put(T, TimeSpan?, int, TimeSpan, TimeSpan, CancellationToken)"/>
    public void Put(T item, [Optional] TimeSpan? timeout, TimeSpan timeToLive, CancellationToken cancellation = default) =>
        Put(item, timeout, 0, default, timeToLive, cancellation);

    /// <summary>Adds an item with a priority, a delay, or a time to live, asynchronously waiting up to <paramref name="timeout"/> for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait for room; null (the default) waits forever, zero does not wait.</param>
    /// <param name="priority">
    /// Items of a higher priority are taken first, those of the same one in the order of their puts. Default 0, the priority of all other puts; may be
    /// negative.
    /// </param>
    /// <param name="delay">
    /// How long the item cannot be taken; zero or more, default zero. After it the item takes its place as if it were put then. Until then it takes room in a
    /// bounded queue, and <see cref="QSize"/> does not count it.
    /// </param>
    /// <param name="timeToLive">
    /// How long the item can be taken after its delay; zero (the default) is what <see cref="SharedQueueOptions.TimeToLive"/> says.
    /// </param>
    /// <param name="cancellation">Cancels the wait; the item is then not added.</param>
    /// <returns>A task that completes when the item was added.</returns>
    /// <exception cref="QueueFullException">
    /// The queue stayed full for the whole <paramref name="timeout"/>; or it is unbounded, and the process that hosts it took no message in that time.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delay"/> or <paramref name="timeToLive"/> is negative.</exception>
    /// <exception cref="SerializationException">The item cannot be serialized; the message names the path to the part at fault.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public async ValueTask PutAsync(
        T item, [Optional] TimeSpan? timeout, int priority, TimeSpan delay = default, TimeSpan timeToLive = default, CancellationToken cancellation = default)
    {
        var terms = Terms(priority, delay, timeToLive);
        BeginPut();
        cancellation.ThrowIfCancellationRequested();
        bool added = AsksToPut
            ? (await AskAsync(new QueueCommand.PutWith(Pack(item), timeout, terms), cancellation).ConfigureAwait(false)).Status == ReplyStatus.Ok
            : TellWithin(item, timeout, terms, cancellation);
        if (!added)
        {
            throw Full(timeout, 0);
        }
    }

    /// <inheritdoc cref="PutAsync(T, TimeSpan?, int, TimeSpan, TimeSpan, CancellationToken)"/>
    public ValueTask PutAsync(
        T item, [Optional] TimeSpan? timeout, TimeSpan delay, TimeSpan timeToLive = default, CancellationToken cancellation = default) =>
        PutAsync(item, timeout, 0, delay, timeToLive, cancellation);

    /// <inheritdoc cref="PutAsync(T, TimeSpan?, int, TimeSpan, TimeSpan, CancellationToken)"/>
    public ValueTask PutAsync(T item, [Optional] TimeSpan? timeout, TimeSpan timeToLive, CancellationToken cancellation = default) =>
        PutAsync(item, timeout, 0, default, timeToLive, cancellation);

    /// <summary>Adds an item with a priority, a delay, or a time to live if there is room, waiting for it only if a timeout is given.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait for room; zero (the default) does not wait.</param>
    /// <param name="priority">
    /// Items of a higher priority are taken first, those of the same one in the order of their puts. Default 0, the priority of all other puts; may be
    /// negative.
    /// </param>
    /// <param name="delay">
    /// How long the item cannot be taken; zero or more, default zero. After it the item takes its place as if it were put then. Until then it takes room in a
    /// bounded queue, and <see cref="QSize"/> does not count it.
    /// </param>
    /// <param name="timeToLive">
    /// How long the item can be taken after its delay; zero (the default) is what <see cref="SharedQueueOptions.TimeToLive"/> says.
    /// </param>
    /// <param name="cancellation">Cancels the wait; the item is then not added.</param>
    /// <returns>True when the item was added; false when the queue stayed full.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delay"/> or <paramref name="timeToLive"/> is negative.</exception>
    /// <exception cref="SerializationException">The item cannot be serialized; the message names the path to the part at fault.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public bool TryPut(
        T item, [Optional] TimeSpan timeout, int priority, TimeSpan delay = default, TimeSpan timeToLive = default, CancellationToken cancellation = default) =>
        PutWithin(item, timeout, Terms(priority, delay, timeToLive), cancellation);

    /// <inheritdoc cref="TryPut(T, TimeSpan, int, TimeSpan, TimeSpan, CancellationToken)"/>
    public bool TryPut(
        T item, [Optional] TimeSpan timeout, TimeSpan delay, TimeSpan timeToLive = default, CancellationToken cancellation = default) =>
        TryPut(item, timeout, 0, delay, timeToLive, cancellation);

    /// <inheritdoc cref="TryPut(T, TimeSpan, int, TimeSpan, TimeSpan, CancellationToken)"/>
    public bool TryPut(T item, [Optional] TimeSpan timeout, TimeSpan timeToLive, CancellationToken cancellation = default) =>
        TryPut(item, timeout, 0, default, timeToLive, cancellation);

    /// <summary>Returns a copy of the item that would be taken next, waiting up to <paramref name="timeout"/> for one. Takes nothing.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A copy of the item. Another process may take it meanwhile.</returns>
    /// <exception cref="QueueEmptyException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="SerializationException">The item cannot be deserialized; it stays in the queue.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public T Peek(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        PeekWithin(out var item, timeout, cancellation) ? item! : throw Empty(timeout);

    /// <summary>
    /// Returns a copy of the item that would be taken next, asynchronously waiting up to <paramref name="timeout"/> for one. Takes nothing.
    /// </summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A copy of the item. Another process may take it meanwhile.</returns>
    /// <exception cref="QueueEmptyException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="SerializationException">The item cannot be deserialized; it stays in the queue.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public async ValueTask<T> PeekAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ThrowIfClosed();
        var reply = await AskAsync(new QueueCommand.Peek(timeout), cancellation).ConfigureAwait(false);
        return reply.Status == ReplyStatus.Ok ? Serializer.Unpack<T>(reply.Value) : throw Empty(timeout);
    }

    /// <summary>Gets a copy of the item that would be taken next, waiting for one only if a timeout is given. Takes nothing.</summary>
    /// <param name="item">A copy of the item; the default value when there is none.</param>
    /// <param name="timeout">How long to wait; zero (the default) does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when there was an item.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized; it stays in the queue.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public bool TryPeek(out T? item, TimeSpan timeout = default, CancellationToken cancellation = default) => PeekWithin(out item, timeout, cancellation);

    private static PutTerms Terms(int priority, TimeSpan delay, TimeSpan timeToLive)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(timeToLive, TimeSpan.Zero);
        return new PutTerms(priority, delay, timeToLive == TimeSpan.Zero ? WaitTimeout.Infinite : timeToLive);
    }

    private bool PutWithin(T item, WaitTimeout timeout, PutTerms terms, CancellationToken cancellation)
    {
        BeginPut();
        return AsksToPut
            ? Ask(new QueueCommand.PutWith(Pack(item), timeout, terms), cancellation).Status == ReplyStatus.Ok
            : TellWithin(item, timeout, terms, cancellation);
    }

    private bool TellWithin(T item, WaitTimeout timeout, PutTerms terms, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return TrySendWithin(
            timeout, cancellation, (Handle, Command: new QueueCommand.PutWith(Pack(item), null, terms)), static put => put.Handle.Tell(put.Command));
    }

    private bool PeekWithin(out T? item, WaitTimeout timeout, CancellationToken cancellation)
    {
        ThrowIfClosed();
        var reply = Ask(new QueueCommand.Peek(timeout), cancellation);
        item = reply.Status == ReplyStatus.Ok ? Serializer.Unpack<T>(reply.Value) : default;
        return reply.Status == ReplyStatus.Ok;
    }
}
