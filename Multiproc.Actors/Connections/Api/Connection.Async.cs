using Multiproc.Transport;

namespace Multiproc;

/// <content>The asynchronous methods.</content>
public sealed partial class Connection
{
    /// <summary>Asynchronously sends an object as one message, waiting while the buffer is full.</summary>
    /// <typeparam name="T">The type of the object: any sendable type.</typeparam>
    /// <param name="value">The object; it is serialized before the method returns.</param>
    /// <param name="cancellation">
    /// Cancels the wait for buffer space; if part of the message was sent already, the connection can no longer be written to.
    /// </param>
    /// <returns>A task that completes when the message was sent.</returns>
    /// <exception cref="SerializationException">
    /// The object cannot be serialized, or its bytes do not fit into an array. Nothing was sent, and the connection can still be used.
    /// </exception>
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

    /// <summary>Asynchronously receives an object, waiting until a message arrives.</summary>
    /// <typeparam name="T">The expected type; <c>object</c> accepts every type.</typeparam>
    /// <param name="timeout">How long to wait for the first byte of the message; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; if part of the message was received already, the connection can no longer be read from.</param>
    /// <returns>The object.</returns>
    /// <exception cref="EndOfStreamException">The other end is closed and all of its messages were received.</exception>
    /// <exception cref="IOException">The other end was closed within a message, or this end is closed or send-only.</exception>
    /// <exception cref="SerializationException">The message has another type. It is consumed; the next one can be received.</exception>
    /// <exception cref="MultiprocTimeoutException">No message arrived within the timeout.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public async ValueTask<T> RecvAsync<T>(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        byte[] message = await _stream.ReceiveAsync(null, Deadline.In(timeout), cancellation).ConfigureAwait(false);
        return _objects.Read<T>(message);
    }

    /// <summary>Asynchronously sends bytes, or a part of them, as one message: <c>connection.SendBytes([1, 2, 3])</c> sends three bytes.</summary>
    /// <param name="buffer">The bytes; do not change them before the task completes.</param>
    /// <param name="offset">The index in the buffer at which to begin; default 0.</param>
    /// <param name="size">The number of bytes; null (the default) sends the rest of the buffer.</param>
    /// <param name="cancellation">
    /// Cancels the wait for buffer space; if part of the message was sent already, the connection can no longer be written to.
    /// </param>
    /// <returns>A task that completes when the message was sent.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset and the size exceed the buffer.</exception>
    /// <exception cref="IOException">The other end is closed, or this one is closed or receive-only.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public ValueTask SendBytesAsync(ReadOnlyMemory<byte> buffer, int offset = 0, int? size = null, CancellationToken cancellation = default)
    {
        int length = (int)Part(buffer.Length, offset, size);
        return cancellation.IsCancellationRequested ? ValueTask.FromCanceled(cancellation) : _stream.SendAsync(buffer.Slice(offset, length), cancellation);
    }

    /// <summary>Asynchronously receives the bytes of one message, waiting until it arrives.</summary>
    /// <param name="maxLength">The maximum length of the message in bytes; null (the default) accepts any length.</param>
    /// <param name="timeout">How long to wait for the first byte of the message; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; if part of the message was received already, the connection can no longer be read from.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum length is negative.</exception>
    /// <exception cref="EndOfStreamException">The other end is closed and all of its messages were received.</exception>
    /// <exception cref="IOException">
    /// The message is longer than the maximum, and the connection can no longer be read from; or this end is closed or send-only.
    /// </exception>
    /// <exception cref="MultiprocTimeoutException">No message arrived within the timeout.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public ValueTask<byte[]> RecvBytesAsync(long? maxLength = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength ?? 0, nameof(maxLength));
        return cancellation.IsCancellationRequested
            ? ValueTask.FromCanceled<byte[]>(cancellation)
            : _stream.ReceiveAsync(maxLength, Deadline.In(timeout), cancellation);
    }

    /// <summary>Asynchronously receives the bytes of one message into a buffer, waiting until it arrives.</summary>
    /// <param name="buffer">The destination.</param>
    /// <param name="offset">The index in the buffer at which to begin; default 0.</param>
    /// <param name="timeout">How long to wait for the first byte of the message; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; if part of the message was received already, the connection can no longer be read from.</param>
    /// <returns>The length of the message in bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset exceeds the buffer.</exception>
    /// <exception cref="BufferTooShortException">The message does not fit into the buffer; the exception holds the whole message.</exception>
    /// <exception cref="EndOfStreamException">The other end is closed and all of its messages were received.</exception>
    /// <exception cref="IOException">The other end was closed within a message, or this end is closed or send-only.</exception>
    public ValueTask<int> RecvBytesIntoAsync(Memory<byte> buffer, int offset = 0, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        Part(buffer.Length, offset, null);
        return cancellation.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellation)
            : _stream.ReceiveIntoAsync(buffer[offset..], Deadline.In(timeout), cancellation);
    }

    /// <summary>Asynchronously waits until a message, or the end of the stream, can be received; receives nothing.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>False if the timeout expired.</returns>
    /// <exception cref="IOException">This end is closed or send-only.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public ValueTask<bool> PollAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        cancellation.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellation) : _stream.PollAsync(Deadline.In(timeout), cancellation);
}
