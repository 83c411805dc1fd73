using Multiproc.Connections;
using Multiproc.Transport;

namespace Multiproc;

/// <content>The asynchronous twins.</content>
public sealed partial class Connection
{
    /// <summary>The same as <see cref="Send"/>, without a blocked thread.</summary>
    /// <typeparam name="T">Anything that can be sent.</typeparam>
    /// <param name="value">The object; it is serialized before this returns.</param>
    /// <param name="cancellation">Cancels the wait for room; when a part was sent already, the connection can no longer be written.</param>
    /// <returns>A task that completes when the message has left.</returns>
    /// <exception cref="SerializationException">The object cannot be sent, or has more bytes than an array can; nothing was sent.</exception>
    /// <exception cref="IOException">The other end is closed, or this one is closed or receive-only.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public async ValueTask SendAsync<T>(T value, CancellationToken cancellation = default)
    {
        var writer = BeginObject(value);
        byte[] message = writer.ToArray();
        var consigned = writer.TakeConsigned();
        Keep(writer);
        try
        {
            await _stream.SendFramedAsync(message, cancellation).ConfigureAwait(false);
        }
        catch
        {
            foreach (var each in consigned ?? [])
            {
                each.Dispose();
            }

            throw;
        }
    }

    /// <summary>The same as <see cref="Recv"/>, without a blocked thread.</summary>
    /// <typeparam name="T">What is expected; object receives everything.</typeparam>
    /// <param name="timeout">How long to wait for the message to begin; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; when a part was received already, the connection can no longer be read.</param>
    /// <returns>The object.</returns>
    /// <exception cref="EndOfStreamException">The other end is closed and everything was received.</exception>
    /// <exception cref="IOException">It was closed inside a message, or this end is closed or send-only.</exception>
    /// <exception cref="SerializationException">What came is something else.</exception>
    /// <exception cref="MultiprocTimeoutException">No message arrived within the timeout.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public async ValueTask<T> RecvAsync<T>(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        byte[] message = await _stream.ReceiveAsync(null, Deadline.In(timeout), cancellation).ConfigureAwait(false);
        return _objects.Read<T>(message);
    }

    /// <summary>The same as <see cref="SendBytes(ReadOnlySpan{byte}, long, long?, CancellationToken)"/>, without a blocked thread.</summary>
    /// <param name="buffer">The bytes; not to be changed before the task ends.</param>
    /// <param name="offset">Where to begin; default 0.</param>
    /// <param name="size">How many bytes; null (the default): the rest.</param>
    /// <param name="cancellation">Cancels the wait for room; when a part was sent already, the connection can no longer be written.</param>
    /// <returns>A task that completes when the message has left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the buffer.</exception>
    /// <exception cref="IOException">The other end is closed, or this one is closed or receive-only.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public ValueTask SendBytesAsync(ReadOnlyMemory<byte> buffer, int offset = 0, int? size = null, CancellationToken cancellation = default)
    {
        int length = (int)Part(buffer.Length, offset, size);
        return cancellation.IsCancellationRequested ? ValueTask.FromCanceled(cancellation) : _stream.SendAsync(buffer.Slice(offset, length), cancellation);
    }

    /// <summary>The same as <see cref="RecvBytes"/>, without a blocked thread.</summary>
    /// <param name="maxLength">The most that is taken; null (the default): any size.</param>
    /// <param name="timeout">How long to wait for the message to begin; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; when a part was received already, the connection can no longer be read.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    /// <exception cref="EndOfStreamException">The other end is closed and everything was received.</exception>
    /// <exception cref="IOException">The message is longer: the connection can no longer be read. Or it is closed or send-only.</exception>
    /// <exception cref="MultiprocTimeoutException">No message arrived within the timeout.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public ValueTask<byte[]> RecvBytesAsync(long? maxLength = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength ?? 0, nameof(maxLength));
        return cancellation.IsCancellationRequested ? ValueTask.FromCanceled<byte[]>(cancellation) : _stream.ReceiveAsync(maxLength, Deadline.In(timeout), cancellation);
    }

    /// <summary>The same as <see cref="RecvBytesInto(Span{byte}, int, TimeSpan?, CancellationToken)"/>, without a blocked thread.</summary>
    /// <param name="buffer">Where to put the bytes.</param>
    /// <param name="offset">Where to begin; default 0.</param>
    /// <param name="timeout">How long to wait for the message to begin; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; when a part was received already, the connection can no longer be read.</param>
    /// <returns>How many bytes the message has.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset does not lie in the buffer.</exception>
    /// <exception cref="BufferTooShortException">The message is longer than the room; the exception has the whole of it.</exception>
    /// <exception cref="EndOfStreamException">The other end is closed and everything was received.</exception>
    /// <exception cref="IOException">It was closed inside a message, or this end is closed or send-only.</exception>
    public ValueTask<int> RecvBytesIntoAsync(Memory<byte> buffer, int offset = 0, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        Part(buffer.Length, offset, null);
        return cancellation.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellation) : _stream.ReceiveIntoAsync(buffer[offset..], Deadline.In(timeout), cancellation);
    }

    /// <summary>The same as <see cref="Poll(TimeSpan?, CancellationToken)"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>False if the timeout expired.</returns>
    /// <exception cref="IOException">This end is closed or send-only.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public ValueTask<bool> PollAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        cancellation.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellation) : _stream.PollAsync(Deadline.In(timeout), cancellation);
}
