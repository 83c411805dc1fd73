using System.Runtime.CompilerServices;
using Multiproc.Objects.Queues;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>What <see cref="SharedQueue{T}"/> and <see cref="SharedJoinableQueue{T}"/> have in common.</summary>
/// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
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

    /// <summary>How many items the queue holds at most; 0 when it is unbounded.</summary>
    public int MaxSize => _maxSize;

    /// <summary>Whether an item stays ours until it is done; otherwise the node is told when it has come.</summary>
    private protected virtual bool HasUntilDone => false;

    /// <summary>An item has come that stays ours until it is done.</summary>
    private protected virtual void Claimed()
    {
    }

    /// <summary>Adds an item at the end; waits for room in a bounded queue.</summary>
    /// <param name="item">The item; it is serialized here, so later changes to it do not travel.</param>
    /// <param name="timeout">How long to wait for room; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; then the item was not added.</param>
    /// <exception cref="QueueFullException">There was no room in time.</exception>
    /// <exception cref="SerializationException">The item cannot be sent; the message names the path to the part at fault.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, here or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
    public void Put(T item, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        if (!PutWithin(item, timeout, cancellation))
        {
            throw Full(timeout, 0);
        }
    }

    /// <summary>The same as <see cref="Put"/>, without a blocked thread.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait for room; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; then the item was not added.</param>
    /// <returns>A task that ends when the item is in the queue.</returns>
    /// <exception cref="QueueFullException">There was no room in time.</exception>
    /// <exception cref="SerializationException">The item cannot be sent.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public async ValueTask PutAsync(T item, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        BeginPut();
        if (_maxSize <= 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!TrySendWithin(timeout, cancellation, (Queue: this, Item: item), static put => put.Queue.PutAtOnce(put.Item)))
            {
                throw Full(timeout, 0);
            }

            return;
        }

        var reply = await AskAsync(new QueueCommand.Put(Serializer.Pack(item), timeout), cancellation).ConfigureAwait(false);
        if (reply.Status == ReplyStatus.TimedOut)
        {
            throw Full(timeout, 0);
        }
    }

    /// <summary>Adds an item if there is room at once.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="QueueFullException">There is no room.</exception>
    /// <exception cref="SerializationException">The item cannot be sent.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public void PutNowait(T item) => Put(item, TimeSpan.Zero);

    /// <summary>Adds an item if there is room in time.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait for room; zero (the default) not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when there was no room in time.</returns>
    /// <exception cref="SerializationException">The item cannot be sent.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public bool TryPut(T item, TimeSpan timeout = default, CancellationToken cancellation = default) => PutWithin(item, timeout, cancellation);

    /// <summary>Takes the oldest item; waits for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; no item is lost by it.</param>
    /// <returns>The item.</returns>
    /// <exception cref="SerializationException">The item cannot be read; it is gone, the others stay in the queue.</exception>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, here or in its node.</exception>
    /// <exception cref="InvalidOperationException">The queue was closed here.</exception>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        GetWithin(out var item, timeout, cancellation) ? item! : throw Empty(timeout);

    /// <summary>The same as <see cref="Get"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; no item is lost by it.</param>
    /// <returns>The item.</returns>
    /// <exception cref="SerializationException">The item cannot be read; it is gone, the others stay in the queue.</exception>
    /// <exception cref="QueueEmptyException">There was no item in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
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

    /// <summary>Takes the oldest item if there is one at once.</summary>
    /// <returns>The item.</returns>
    /// <exception cref="SerializationException">The item cannot be read; it is gone, the others stay in the queue.</exception>
    /// <exception cref="QueueEmptyException">There is none.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public T GetNowait() => Get(TimeSpan.Zero);

    /// <summary>Takes the oldest item if there is one in time.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait; zero (the default) not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when there was none in time.</returns>
    /// <exception cref="SerializationException">The item cannot be read; it is gone, the others stay in the queue.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout is zero, and the process that the queue lives in does not answer: it is stopped, or was silent for 2 s.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public bool TryGet(out T? item, TimeSpan timeout = default, CancellationToken cancellation = default) => GetWithin(out item, timeout, cancellation);

    /// <summary>Takes items as they come, until <paramref name="cancellation"/> fires.</summary>
    /// <param name="cancellation">Ends the enumeration.</param>
    /// <returns>The items.</returns>
    /// <exception cref="SerializationException">The item cannot be read; it is gone, the others stay in the queue.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            yield return await GetAsync(null, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>How many items were put and not yet taken.</summary>
    /// <returns>The number at the moment of asking; others may change it at once.</returns>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public int QSize() => (int)Ask(QueueCommand.Size.Instance, default).Number;

    /// <summary>Whether the queue had no item at the moment of asking.</summary>
    /// <returns>True when it had none; also of a queue that was closed here before anything was put here, as in Python.</returns>
    /// <exception cref="IOException">Something was put here, then the queue was closed here; an error of the system's kind, as in Python.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public bool Empty() => _closed ? EmptyWhenClosed() : QSize() == 0;

    /// <summary>Whether the queue had no room at the moment of asking; never true for an unbounded queue.</summary>
    /// <returns>True when it had none.</returns>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public bool Full() => _maxSize > 0 && QSize() >= _maxSize;

    private protected virtual IWireCommand GetCommand(WaitTimeout timeout, int thread) => _reader.Question(timeout, _maxSize > 0);

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)_maxSize);
    }

    private bool PutWithin(T item, WaitTimeout timeout, CancellationToken cancellation)
    {
        BeginPut();
        if (_maxSize > 0)
        {
            return Ask(new QueueCommand.Put(Serializer.Pack(item), timeout), cancellation).Status == ReplyStatus.Ok;
        }

        cancellation.ThrowIfCancellationRequested();
        return TrySendWithin(timeout, cancellation, (Queue: this, Item: item), static put => put.Queue.PutAtOnce(put.Item));
    }

    /// <summary>An unbounded queue has room, but the way to it may have none: its node is stopped, or far behind.</summary>
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

    /// <summary>There is always room: once the message is in mapped memory it arrives, even if this process dies now.</summary>
    private void PutAtOnce(T item)
    {
        if (!DirectPut.TryPut(Handle, item))
        {
            Handle.Tell(new QueueCommand.Put(Serializer.Pack(item), null));
        }
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
        new(_maxSize <= 0 ? $"{this}: the process that it lives in took no message for {timeout}{(added > 0 ? $" after {added} of the items were added" : "")}: it is stopped, or far behind. Let it go on, or wait longer."
            : $"{this} stayed full for {timeout} (capacity {_maxSize}){(added > 0 ? $" after {added} of the items were added" : "")}; take items out, wait longer, or raise maxSize.")
        {
            Added = added,
        };
}
