using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiproc.Objects.Broadcasts;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// Reads the items of a <see cref="SharedBroadcast{T}"/> that were published since it subscribed, each once and in order. It belongs to the process that
/// subscribed, and cannot be sent. Several threads may read from it: each item goes to one of them.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <remarks>
/// Items arrive in small batches. The node keeps the room of a batch until the reader asks for the one after it, so that an item that is still waited for is
/// never lost.
/// </remarks>
/// <example>
/// <code>
/// using var reader = prices.Subscribe();
/// await foreach (var price in reader)
/// {
///     Show(price, reader.Missed);
/// }
/// </code>
/// </example>
public sealed class BroadcastReader<T> : IAsyncEnumerable<T>, IDisposable, IAsyncDisposable, ISelfCoded<BroadcastReader<T>>
{
    private const int MostInBatch = 64;

    private readonly SharedBroadcast<T> _broadcast;
    private readonly long _number;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<Payload> _batch = new();
    private long _next;
    private long _missed;
    private volatile bool _disposed;

    internal BroadcastReader(SharedBroadcast<T> broadcast, long number, long next)
    {
        _broadcast = broadcast;
        _number = number;
        _next = next;
    }

    /// <summary>
    /// How many items were dropped before this reader had them, up to the batch of the last one that it returned; only with
    /// <see cref="SlowReaders.DropOldest"/>.
    /// </summary>
    public long Missed => Interlocked.Read(ref _missed);

    /// <summary>Returns the next item, waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The item.</returns>
    /// <exception cref="MultiprocTimeoutException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="SlowReaderException">The reader was disconnected because it was slow.</exception>
    /// <exception cref="SerializationException">The item cannot be deserialized; the next call returns the one after it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed, or the broadcast was, in this process or in its node.</exception>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        GetWithin(out var item, timeout, cancellation) ? item! : throw Nothing(timeout);

    /// <summary>Returns the next item, asynchronously waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The item.</returns>
    /// <exception cref="MultiprocTimeoutException">No item came within <paramref name="timeout"/>.</exception>
    /// <exception cref="SlowReaderException">The reader was disconnected because it was slow.</exception>
    /// <exception cref="SerializationException">The item cannot be deserialized; the next call returns the one after it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed, or the broadcast was, in this process or in its node.</exception>
    public async ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        WaitTimeout limit = timeout;
        long begun = Stopwatch.GetTimestamp();
        if (!await _turn.WaitAsync(limit.Milliseconds, cancellation).ConfigureAwait(false))
        {
            throw Nothing(limit);
        }

        try
        {
            var question = Question(limit.Less(Stopwatch.GetElapsedTime(begun)));
            return _batch.Count > 0 || Accept(await _broadcast.NextAsync(question, cancellation).ConfigureAwait(false)) ? Take() : throw Nothing(limit);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gets the next item, waiting for it only if a timeout is given.</summary>
    /// <param name="item">The item; the default value when there is none.</param>
    /// <param name="timeout">How long to wait; zero (the default) does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when there was an item.</returns>
    /// <exception cref="SlowReaderException">The reader was disconnected because it was slow.</exception>
    /// <exception cref="SerializationException">The item cannot be deserialized; the next call returns the one after it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed, or the broadcast was, in this process or in its node.</exception>
    public bool TryGet(out T? item, TimeSpan timeout = default, CancellationToken cancellation = default) => GetWithin(out item, timeout, cancellation);

    /// <summary>Returns the items one after the other, waiting for each. Ends only by an exception or by the token.</summary>
    /// <param name="cancellation">Cancels the enumeration.</param>
    /// <returns>The items.</returns>
    /// <exception cref="SlowReaderException">The reader was disconnected because it was slow.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the broadcast has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed, or the broadcast was, in this process or in its node.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            yield return await GetAsync(null, cancellation).ConfigureAwait(false);
        }
    }

    IAsyncEnumerator<T> IAsyncEnumerable<T>.GetAsyncEnumerator(CancellationToken cancellationToken) =>
        ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

    /// <summary>Unsubscribes: nobody waits for this reader any more. Can be called more than once.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _broadcast.Handle.TryTell(new BroadcastCommand.Unsubscribe(_number));
        }
    }

    /// <summary>Unsubscribes: nobody waits for this reader any more. Completes synchronously.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private bool GetWithin(out T? item, WaitTimeout timeout, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        item = default;
        long begun = Stopwatch.GetTimestamp();
        if (!_turn.Wait(timeout.Milliseconds, cancellation))
        {
            return false;
        }

        try
        {
            bool has = _batch.Count > 0 || Accept(_broadcast.Next(Question(timeout.Less(Stopwatch.GetElapsedTime(begun))), cancellation));
            item = has ? Take() : default;
            return has;
        }
        finally
        {
            _turn.Release();
        }
    }

    private BroadcastCommand.Next Question(WaitTimeout timeout) => new(_number, _next, MostInBatch, timeout);

    private bool Accept(in Reply reply)
    {
        if (reply.Status != ReplyStatus.Ok)
        {
            return false;
        }

        if (reply.Number == BroadcastCommand.Next.IsCut)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            throw new SlowReaderException(
                $"A reader of {_broadcast} was disconnected, because it did not take its items as fast as they were published: subscribe again, read faster, "
                + "or raise Capacity.");
        }

        var reader = new WireReader(reply.Value.Bytes.Span);
        for (int left = reader.Count(); left > 0; left--)
        {
            int length = reader.Bytes().Length;
            _batch.Enqueue(new Payload(reply.Value.Bytes.Slice(reader.Position - length, length)));
        }

        Interlocked.Add(ref _missed, reply.Number - _next);
        _next = reply.Number + _batch.Count;
        return _batch.Count > 0;
    }

    private T Take() => Serializer.Unpack<T>(_batch.Dequeue());

    private MultiprocTimeoutException Nothing(WaitTimeout timeout) =>
        new($"{_broadcast} published nothing for {timeout}; wait longer, or use TryGet.");

    void ISelfCoded.WriteTo(WireWriter writer) =>
        throw new UnsendableException("is a reader, which belongs to the process that subscribed: send the broadcast, and subscribe there");

    static BroadcastReader<T> ISelfCoded<BroadcastReader<T>>.ReadFrom(ref WireReader reader) =>
        throw new SerializationException("Malformed value: a reader cannot have been sent.");
}
