using System.Runtime.CompilerServices;
using Multiproc.Objects.Queues;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>Base of <see cref="SharedQueue{T}"/> and <see cref="SharedJoinableQueue{T}"/>: putting, getting and leasing items.</summary>
/// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
public abstract partial class SharedQueueBase<T> : SharedObject
{
    private readonly int _maxSize;
    private readonly QueueReader _reader;

    private protected SharedQueueBase(ObjectHandle handle, int maxSize)
        : base(handle)
    {
        _maxSize = Math.Max(0, maxSize);
        _reader = new QueueReader(handle);
    }

    /// <summary>The maximum number of items in the queue; 0 when it is unbounded.</summary>
    public int MaxSize => _maxSize;

    /// <summary>Whether an item stays unacknowledged until its task is done; otherwise it is acknowledged as soon as it has arrived.</summary>
    private protected virtual bool HasUntilDone => false;

    /// <summary>Called when an item has arrived that stays unacknowledged until its task is done.</summary>
    private protected virtual void Claimed()
    {
    }

    /// <summary>Adds an item at the end, waiting up to <paramref name="timeout"/> for room if the queue is bounded.</summary>
    /// <param name="item">The item. It is serialized before the call returns, so later changes to it are not sent.</param>
    /// <param name="timeout">How long to wait for room; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; the item is then not added.</param>
    /// <exception cref="QueueFullException">
    /// The queue stayed full for the whole <paramref name="timeout"/>; or it is unbounded, and the process that hosts it took no message in that time.
    /// </exception>
    /// <exception cref="SerializationException">The item cannot be serialized; the message names the path to the part at fault.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public void Put(T item, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        if (!PutWithin(item, timeout, cancellation))
        {
            throw Full(timeout, 0);
        }
    }

    /// <summary>Adds an item at the end, asynchronously waiting up to <paramref name="timeout"/> for room if the queue is bounded.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait for room; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; the item is then not added.</param>
    /// <returns>A task that completes when the item was added; for an unbounded queue, when it was sent.</returns>
    /// <exception cref="QueueFullException">
    /// The queue stayed full for the whole <paramref name="timeout"/>; or it is unbounded, and the process that hosts it took no message in that time.
    /// </exception>
    /// <exception cref="SerializationException">The item cannot be serialized.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public async ValueTask PutAsync(T item, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        BeginPut();
        if (!AsksToPut)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!TrySendWithin(timeout, cancellation, (Queue: this, Item: item), static put => put.Queue.PutAtOnce(put.Item)))
            {
                throw Full(timeout, 0);
            }

            return;
        }

        var reply = await AskAsync(new QueueCommand.Put(Pack(item), timeout), cancellation).ConfigureAwait(false);
        if (reply.Status == ReplyStatus.TimedOut)
        {
            throw Full(timeout, 0);
        }
    }

    /// <summary>Adds an item without waiting for room.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="QueueFullException">The queue is full.</exception>
    /// <exception cref="SerializationException">The item cannot be serialized.</exception>
    /// <exception cref="MultiprocTimeoutException">The process that hosts the queue is stopped, or did not reply within 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public void PutNowait(T item) => Put(item, TimeSpan.Zero);

    /// <summary>Tries to add an item, waiting up to <paramref name="timeout"/> for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait for room; zero (the default) does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the item was added; false when the queue stayed full.</returns>
    /// <exception cref="SerializationException">The item cannot be serialized.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public bool TryPut(T item, TimeSpan timeout = default, CancellationToken cancellation = default) => PutWithin(item, timeout, cancellation);

    /// <summary>Removes and returns the oldest item, waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; no item is lost.</param>
    /// <returns>The oldest item.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized. It is removed from the queue; the other items stay.</exception>
    /// <exception cref="QueueEmptyException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        GetWithin(out var item, timeout, cancellation) ? item! : throw Empty(timeout);

    /// <summary>Removes and returns the oldest item, asynchronously waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; no item is lost.</param>
    /// <returns>The oldest item.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized. It is removed from the queue; the other items stay.</exception>
    /// <exception cref="QueueEmptyException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public async ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        if (_reader.TryTake(out T? here))
        {
            return here!;
        }

        var reply = await AskAsync(GetCommand(timeout, thread: 0), cancellation).ConfigureAwait(false);
        return reply.Status == ReplyStatus.Ok ? Open(reply) : throw Empty(timeout);
    }

    /// <summary>Removes and returns the oldest item without waiting.</summary>
    /// <returns>The oldest item.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized. It is removed from the queue; the other items stay.</exception>
    /// <exception cref="QueueEmptyException">The queue is empty.</exception>
    /// <exception cref="MultiprocTimeoutException">The process that hosts the queue is stopped, or did not reply within 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public T GetNowait() => Get(TimeSpan.Zero);

    /// <summary>Tries to remove the oldest item, waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="item">The oldest item; the default value when there was none.</param>
    /// <param name="timeout">How long to wait; zero (the default) does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when there was an item; false when none came.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized. It is removed from the queue; the other items stay.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// <paramref name="timeout"/> is zero, and the process that hosts the queue is stopped, or did not reply within 2 s.
    /// </exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    public bool TryGet(out T? item, TimeSpan timeout = default, CancellationToken cancellation = default) => GetWithin(out item, timeout, cancellation);

    /// <summary>Removes and yields items as they come, until <paramref name="cancellation"/> is cancelled.</summary>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>An endless sequence of items.</returns>
    /// <exception cref="SerializationException">The item cannot be deserialized. It is removed from the queue; the other items stay.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed in this process.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            yield return await GetAsync(null, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the number of items in the queue.</summary>
    /// <returns>The number at this moment; other processes may change it right away.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public int QSize() => (int)Ask(QueueCommand.Size.Instance, default).Number;

    /// <summary>Asynchronously returns the number of items in the queue, like <see cref="QSize"/>.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The number at this moment; other processes may change it right away.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public async ValueTask<int> QSizeAsync(CancellationToken cancellation = default) =>
        (int)(await AskAsync(QueueCommand.Size.Instance, cancellation).ConfigureAwait(false)).Number;

    /// <summary>Tells whether the queue is empty at this moment.</summary>
    /// <returns>True when it is empty. As in Python, also true after <see cref="Close"/> in a process that has put nothing.</returns>
    /// <exception cref="IOException">This process put something and then closed the queue; corresponds to Python's <c>OSError</c>.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public bool Empty() => _closed ? EmptyWhenClosed() : QSize() == 0;

    /// <summary>Tells whether the queue is full at this moment; an unbounded queue never is.</summary>
    /// <returns>True when it is full.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public bool Full() => _maxSize > 0 && QSize() >= _maxSize;

    /// <summary>Whether a put waits for a reply: because there may be no room, or because it must be known that the item will survive.</summary>
    private bool AsksToPut => _maxSize > 0 || Handle.IsRelayed;

    private protected virtual IWireCommand GetCommand(WaitTimeout timeout, int thread) => _reader.Question(timeout, _maxSize > 0);

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)_maxSize);
    }

    private bool PutWithin(T item, WaitTimeout timeout, CancellationToken cancellation)
    {
        BeginPut();
        if (AsksToPut)
        {
            return Ask(new QueueCommand.Put(Pack(item), timeout), cancellation).Status == ReplyStatus.Ok;
        }

        cancellation.ThrowIfCancellationRequested();
        return TrySendWithin(timeout, cancellation, (Queue: this, Item: item), static put => put.Queue.PutAtOnce(put.Item));
    }

    /// <summary>Sends within the time limit. An unbounded queue always has room, but the link to it may not: its node may be stopped, or far behind.</summary>
    private bool TrySendWithin<TArgument>(WaitTimeout timeout, CancellationToken cancellation, TArgument argument, Action<TArgument> send)
    {
        if (Handle.IsLocal || (timeout.IsInfinite && !cancellation.CanBeCanceled))
        {
            send(argument);
            return true;
        }

        var limit = Handle.LimitFor(timeout, cancellation);
        using (limit.Enter())
        {
            try
            {
                send(argument);
                return true;
            }
            catch (MultiprocTimeoutException passed) when (passed.IsOfLimit && limit.IsTimed)
            {
                return false;
            }
        }
    }

    /// <summary>
    /// Sends without waiting for a reply, since there is always room: once the message is in mapped memory it arrives, even if this process dies now.
    /// </summary>
    private void PutAtOnce(T item)
    {
        FaultPoint.Reached("put: begun");
        if (!DirectPut.TryPut(Handle, item))
        {
            Handle.Tell(new QueueCommand.Put(Pack(item), null));
        }

        FaultPoint.Reached("put: sent");
    }

    private bool GetWithin(out T? item, WaitTimeout timeout, CancellationToken cancellation)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        if (_reader.TryTake(out item))
        {
            return true;
        }

        var reply = Ask(GetCommand(timeout, Environment.CurrentManagedThreadId), cancellation);
        item = reply.Status == ReplyStatus.Ok ? Open(reply) : default;
        return reply.Status == ReplyStatus.Ok;
    }

    private T Open(in Reply reply)
    {
        if (!HasUntilDone)
        {
            return _reader.Open<T>(reply);
        }

        Claimed();
        return Serializer.Unpack<T>(reply.Value);
    }

    private QueueEmptyException Empty(WaitTimeout timeout) =>
        new($"{this} had no item for {timeout}; wait longer, or use TryGet.");

    private QueueFullException Full(WaitTimeout timeout, int added) =>
        new(_maxSize <= 0 && Handle.IsRelayed
            ? $"{this}: the cluster did not say within {timeout} that it has the item: most of its nodes, or its storage, cannot be reached, or are slow. The "
                + "item may be added still."
            : _maxSize <= 0
            ? $"{this}: the process that hosts it took no message for {timeout}{(added > 0 ? $" after {added} of the items were added" : "")}: it is "
                + "stopped, or far behind. Resume it, or wait longer."
            : $"{this} stayed full for {timeout} (capacity {_maxSize}){(added > 0 ? $" after {added} of the items were added" : "")}; take items out, wait "
                + "longer, or raise maxSize.")
        {
            Added = added,
        };
}
