using System.Diagnostics;
using Multiproc.Objects.Broadcasts;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// Gives each item to every reader, in whatever process: a reader sees all items that were published since it subscribed, in one order that all readers
/// share. Bounded; <see cref="SharedBroadcastOptions.SlowReaders"/> says what happens when a reader is slow. Readers whose process dies are forgotten.
/// </summary>
/// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
/// <example>
/// <code>
/// using var news = Mp.Broadcast&lt;string&gt;();
/// using var reader = news.Subscribe();
/// var child = Mp.Process(static n =&gt; n.Publish("hello"), news);
/// child.Start();
/// Console.WriteLine(reader.Get());
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class SharedBroadcast<T> : SharedObject, ISelfCoded<SharedBroadcast<T>>
{
    internal SharedBroadcast(ObjectHandle handle)
        : base(handle)
    {
    }

    private protected override string Kind => $"SharedBroadcast<{typeof(T).Name}>";

    /// <summary>Publishes an item to all readers, waiting up to <paramref name="timeout"/> for room. Without readers it goes nowhere.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">
    /// How long to wait for slow readers; null (the default) waits forever, zero does not wait. Only <see cref="SlowReaders.Wait"/> ever waits.
    /// </param>
    /// <param name="cancellation">Cancels the wait; the item is then not published, unless it was already.</param>
    /// <exception cref="MultiprocTimeoutException">The slowest reader did not go on within <paramref name="timeout"/>.</exception>
    /// <exception cref="SerializationException">The item cannot be serialized; the message names the path to the part at fault.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The broadcast was disposed, in this process or in its node.</exception>
    public void Publish(T item, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        if (!PublishWithin(item, timeout, cancellation))
        {
            throw Full(timeout);
        }
    }

    /// <summary>Publishes an item to all readers, asynchronously waiting up to <paramref name="timeout"/> for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">
    /// How long to wait for slow readers; null (the default) waits forever, zero does not wait. Only <see cref="SlowReaders.Wait"/> ever waits.
    /// </param>
    /// <param name="cancellation">Cancels the wait; the item is then not published, unless it was already.</param>
    /// <returns>A task that completes when the item was published.</returns>
    /// <exception cref="MultiprocTimeoutException">The slowest reader did not go on within <paramref name="timeout"/>.</exception>
    /// <exception cref="SerializationException">The item cannot be serialized; the message names the path to the part at fault.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The broadcast was disposed, in this process or in its node.</exception>
    public async ValueTask PublishAsync(T item, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var reply = await AskAsync(new BroadcastCommand.Publish(Pack(item), timeout), cancellation).ConfigureAwait(false);
        if (reply.Status != ReplyStatus.Ok)
        {
            throw Full(timeout);
        }
    }

    /// <summary>Publishes an item to all readers if there is room, waiting for it only if a timeout is given.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait for slow readers; zero (the default) does not wait.</param>
    /// <param name="cancellation">Cancels the wait; the item is then not published, unless it was already.</param>
    /// <returns>True when the item was published; false when the slowest reader did not go on.</returns>
    /// <exception cref="SerializationException">The item cannot be serialized; the message names the path to the part at fault.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The broadcast was disposed, in this process or in its node.</exception>
    public bool TryPublish(T item, TimeSpan timeout = default, CancellationToken cancellation = default) => PublishWithin(item, timeout, cancellation);

    /// <summary>Subscribes: the reader sees all items that are published from now on. Dispose it when it is not needed any more.</summary>
    /// <returns>The reader. It belongs to this process.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The broadcast was disposed, in this process or in its node.</exception>
    public BroadcastReader<T> Subscribe() => Reader(Ask(BroadcastCommand.Subscribe.Instance, default));

    /// <summary>Asynchronously subscribes: the reader sees all items that are published from then on.</summary>
    /// <param name="cancellation">Cancels the wait for the reply.</param>
    /// <returns>The reader. It belongs to this process.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The broadcast was disposed, in this process or in its node.</exception>
    public async ValueTask<BroadcastReader<T>> SubscribeAsync(CancellationToken cancellation = default) =>
        Reader(await AskAsync(BroadcastCommand.Subscribe.Instance, cancellation).ConfigureAwait(false));

    /// <summary>Returns the number of readers, without those that were disconnected.</summary>
    /// <returns>The number at this moment.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The broadcast was disposed, in this process or in its node.</exception>
    public int ReaderCount() => (int)Ask(BroadcastCommand.CountReaders.Instance, default).Number;

    /// <summary>Asks for the next items of a reader; for <see cref="BroadcastReader{T}"/>.</summary>
    internal Reply Next(BroadcastCommand.Next next, CancellationToken cancellation) => Ask(next, cancellation);

    internal ValueTask<Reply> NextAsync(BroadcastCommand.Next next, CancellationToken cancellation) => AskAsync(next, cancellation);

    private bool PublishWithin(T item, WaitTimeout timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Ask(new BroadcastCommand.Publish(Pack(item), timeout), cancellation).Status == ReplyStatus.Ok;
    }

    private BroadcastReader<T> Reader(in Reply reply) => PackedNumber.TryRead(reply.Value, out long next)
        ? new(this, reply.Number, next)
        : throw new SerializationException($"Malformed reply: {Identity} did not say where its new reader begins.");

    private MultiprocTimeoutException Full(WaitTimeout timeout) => new(
        $"{this} stayed full for {timeout}, since a reader did not take its items: have it read or be disposed, wait longer, raise Capacity, or choose "
        + "another policy for slow readers.");

    static SharedBroadcast<T> ISelfCoded<SharedBroadcast<T>>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
