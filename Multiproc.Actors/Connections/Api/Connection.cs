using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Multiproc.Connections;
using Multiproc.Objects;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// Represents one end of a bidirectional stream of messages: objects or bytes, delivered whole and in order. Made by <see cref="Mp.Pipe"/>,
/// <see cref="Listener.Accept"/> and <see cref="Client"/>. A connection can be sent to another process; then both processes have it, and each closes its own.
/// </summary>
/// <remarks>
/// Thread-safe: each call sends or receives a whole message. Processes may share one end of a pipe, too; processes that share a connection made by a <see
/// cref="Listener"/> or <see cref="Client"/> need a lock around its use, as in Python. When the process at the other end dies, the messages that it sent can
/// still be received; then <see cref="EndOfStreamException"/> is thrown.
/// </remarks>
/// <example>
/// <code>
/// var (ours, theirs) = Mp.Pipe();
/// var child = Mp.Process(static pipe => pipe.Send("hello"), theirs);
/// child.Start();
/// theirs.Close();
/// Console.WriteLine(ours.Recv&lt;string&gt;());
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed unsafe partial class Connection : IDisposable, IAsyncDisposable, ISelfCoded<Connection>
{
    private const int LargestKeptBuffer = 1024 * 1024;

    [ThreadStatic]
    private static byte[]? s_buffer;

    [ThreadStatic]
    private static WireWriter? s_writer;

    private readonly MessageStream _stream;
    private ConnectionFormat _format;
    private IObjectFormat _objects = ObjectFormat.Of(ConnectionFormat.Native);

    /// <summary>Initializes a connection from a connected stream socket.</summary>
    /// <param name="handle">The socket, which the connection takes ownership of.</param>
    /// <param name="readable">Whether messages may be received; default true.</param>
    /// <param name="writable">Whether messages may be sent; default true.</param>
    /// <exception cref="ArgumentException">The handle is closed or invalid, or the connection would be neither readable nor writable.</exception>
    /// <exception cref="PlatformNotSupportedException">The operating system is not supported.</exception>
    public Connection(SafeHandle handle, bool readable = true, bool writable = true)
        : this(StreamOf(Checked(handle), readable, writable))
    {
        Endpoint.RequireSupport();
        if (!readable && !writable)
        {
            throw new ArgumentException("A connection is readable, writable or both.", nameof(readable));
        }
    }

    internal Connection(MessageStream stream) => _stream = stream;

    /// <summary>Gets whether this end was closed in this process.</summary>
    public bool Closed => _stream.Endpoint.IsClosed;

    /// <summary>Gets whether messages can be received: false for the sending end of a one-way pipe, and after a message was rejected for its length.</summary>
    public bool Readable => _stream.Readable;

    /// <summary>Gets whether messages can be sent: false for the receiving end of a one-way pipe.</summary>
    public bool Writable => _stream.Writable;

    /// <summary>Gets or sets the format in which objects are serialized; both ends must use the same. Default: <see cref="ConnectionFormat.Native"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined format.</exception>
    public ConnectionFormat Format
    {
        get => _format;
        set
        {
            _objects = ObjectFormat.Of(value);
            _format = value;
        }
    }

    /// <summary>
    /// Gets or sets the maximum length of a received message in bytes; null (the default) sets no limit. Limit connections to unauthenticated peers.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public long? MaxMessageSize
    {
        get => _stream.MaxMessageSize;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value ?? 0, nameof(value));
            _stream.MaxMessageSize = value;
        }
    }

    /// <summary>
    /// Gets the handle of the socket. The connection owns it: do not close it or read from it. That of a pipe only signals the death of the other end; its
    /// messages are in shared memory.
    /// </summary>
    /// <exception cref="IOException">The connection is closed.</exception>
    public SafeHandle Handle => _stream.Endpoint.Handle;

    internal MessageStream Stream => _stream;

    /// <summary>Sends an object as one message, waiting while the buffer is full.</summary>
    /// <typeparam name="T">The type of the object: any sendable type.</typeparam>
    /// <param name="value">The object; it is serialized before the method returns.</param>
    /// <param name="cancellation">
    /// Cancels the wait for buffer space; if part of the message was sent already, the connection can no longer be written to.
    /// </param>
    /// <exception cref="SerializationException">
    /// The object cannot be serialized, or its bytes do not fit into an array. Nothing was sent, and the connection can still be used.
    /// </exception>
    /// <exception cref="IOException">The other end is closed, or this one is closed or receive-only.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public void Send<T>(T value, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var writer = BeginObject(value);
        try
        {
            fixed (byte* start = writer.Written)
            {
                _stream.SendFramed(start, (nuint)writer.Length, cancellation);
            }
        }
        catch
        {
            TakeBack(writer);
            throw;
        }

        Keep(writer);
    }

    /// <summary>Receives an object, waiting until a message arrives.</summary>
    /// <typeparam name="T">The expected type; <c>object</c> accepts every type.</typeparam>
    /// <param name="timeout">How long to wait for the first byte of the message; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; if part of the message was received already, the connection can no longer be read from.</param>
    /// <returns>The object.</returns>
    /// <exception cref="EndOfStreamException">The other end is closed and all of its messages were received.</exception>
    /// <exception cref="IOException">The other end was closed within a message, or this end is closed or send-only.</exception>
    /// <exception cref="SerializationException">The message has another type. It is consumed; the next one can be received.</exception>
    /// <exception cref="MultiprocTimeoutException">No message arrived within the timeout.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public T Recv<T>(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        byte[] buffer = s_buffer ?? [];
        s_buffer = null;
        try
        {
            int size = _stream.Receive(ref buffer, null, Deadline.In(timeout), cancellation);
            return _objects.Read<T>(buffer.AsSpan(0, size));
        }
        finally
        {
            s_buffer = buffer.Length <= LargestKeptBuffer ? buffer : null;
        }
    }

    /// <summary>Sends bytes, or a part of them, as one message: <c>connection.SendBytes([1, 2, 3])</c> sends three bytes.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">The index in the buffer at which to begin; default 0.</param>
    /// <param name="size">The number of bytes; null (the default) sends the rest of the buffer.</param>
    /// <param name="cancellation">
    /// Cancels the wait for buffer space; if part of the message was sent already, the connection can no longer be written to.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The offset and the size exceed the buffer.</exception>
    /// <exception cref="IOException">The other end is closed, or this one is closed or receive-only.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    [OverloadResolutionPriority(1)]
    public void SendBytes(ReadOnlySpan<byte> buffer, long offset = 0, long? size = null, CancellationToken cancellation = default) =>
        SendBytes<byte>(buffer, offset, size, cancellation);

    /// <summary>Sends the memory of a buffer of any unmanaged element type, or a part of it, as one message.</summary>
    /// <typeparam name="T">The element type of the buffer.</typeparam>
    /// <param name="buffer">The elements, for example an array.</param>
    /// <param name="offset">The offset in the buffer at which to begin, in bytes; default 0.</param>
    /// <param name="size">The number of bytes; null (the default) sends the rest of the buffer.</param>
    /// <param name="cancellation">
    /// Cancels the wait for buffer space; if part of the message was sent already, the connection can no longer be written to.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The offset and the size exceed the buffer.</exception>
    /// <exception cref="IOException">The other end is closed, or this one is closed or receive-only.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public void SendBytes<T>(ReadOnlySpan<T> buffer, long offset = 0, long? size = null, CancellationToken cancellation = default)
        where T : unmanaged
    {
        PlainMemory.Require<T>();
        long length = Part((long)buffer.Length * Unsafe.SizeOf<T>(), offset, size);
        cancellation.ThrowIfCancellationRequested();
        fixed (T* start = buffer)
        {
            _stream.Send((byte*)start + offset, (nuint)length, cancellation);
        }
    }

    /// <summary>Receives the bytes of one message, waiting until it arrives.</summary>
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
    public byte[] RecvBytes(long? maxLength = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength ?? 0, nameof(maxLength));
        cancellation.ThrowIfCancellationRequested();
        return _stream.Receive(maxLength, Deadline.In(timeout), cancellation);
    }

    /// <summary>Receives the bytes of one message into a buffer, waiting until it arrives.</summary>
    /// <param name="buffer">The destination.</param>
    /// <param name="offset">The index in the buffer at which to begin; default 0.</param>
    /// <param name="timeout">How long to wait for the first byte of the message; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; if part of the message was received already, the connection can no longer be read from.</param>
    /// <returns>The length of the message in bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset exceeds the buffer.</exception>
    /// <exception cref="BufferTooShortException">The message does not fit into the buffer; the exception holds the whole message.</exception>
    /// <exception cref="EndOfStreamException">The other end is closed and all of its messages were received.</exception>
    /// <exception cref="IOException">The other end was closed within a message, or this end is closed or send-only.</exception>
    /// <exception cref="MultiprocTimeoutException">No message arrived within the timeout.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public int RecvBytesInto(Span<byte> buffer, int offset = 0, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        (int)RecvBytesInto<byte>(buffer, offset, timeout, cancellation);

    /// <summary>Receives the bytes of one message into a buffer of any unmanaged element type, waiting until it arrives.</summary>
    /// <typeparam name="T">The element type of the buffer.</typeparam>
    /// <param name="buffer">The destination.</param>
    /// <param name="offset">The offset in the buffer at which to begin, in bytes; default 0.</param>
    /// <param name="timeout">How long to wait for the first byte of the message; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; if part of the message was received already, the connection can no longer be read from.</param>
    /// <returns>The length of the message in bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset exceeds the buffer.</exception>
    /// <exception cref="BufferTooShortException">The message does not fit into the buffer; the exception holds the whole message.</exception>
    /// <exception cref="EndOfStreamException">The other end is closed and all of its messages were received.</exception>
    /// <exception cref="IOException">The other end was closed within a message, or this end is closed or send-only.</exception>
    public long RecvBytesInto<T>(Span<T> buffer, long offset = 0, TimeSpan? timeout = null, CancellationToken cancellation = default)
        where T : unmanaged
    {
        PlainMemory.Require<T>();
        long room = Part((long)buffer.Length * Unsafe.SizeOf<T>(), offset, null);
        cancellation.ThrowIfCancellationRequested();
        fixed (T* start = buffer)
        {
            return _stream.ReceiveInto((byte*)start + offset, (nuint)room, Deadline.In(timeout), cancellation);
        }
    }

    /// <summary>Tests whether a message, or the end of the stream, can be received now.</summary>
    /// <returns>True if <see cref="Recv"/> would not wait.</returns>
    /// <exception cref="IOException">This end is closed or send-only.</exception>
    public bool Poll() => Poll(TimeSpan.Zero);

    /// <summary>Waits until a message, or the end of the stream, can be received; receives nothing.</summary>
    /// <param name="timeout">How long to wait; null waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>False if the timeout expired.</returns>
    /// <exception cref="IOException">This end is closed or send-only.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public bool Poll(TimeSpan? timeout, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return _stream.Poll(Deadline.In(timeout), cancellation);
    }

    /// <summary>Closes this end in this process. Pending calls on it fail with an <see cref="IOException"/>. Does nothing when called again.</summary>
    /// <remarks>The other end sees the end of the stream when every process that has this end has closed it.</remarks>
    public void Close() => _stream.Dispose();

    /// <inheritdoc cref="Close"/>
    public void Dispose() => Close();

    /// <summary>Closes this end in this process, like <see cref="Close"/>; completes synchronously.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>Describes the state and the directions of the connection.</summary>
    /// <returns>For example "Connection (read-only)".</returns>
    public override string ToString() => $"Connection ({(Closed ? "closed" : (Readable, Writable) switch
    {
        (true, true) => "duplex",
        (true, false) => "read-only",
        _ => "write-only",
    })})";

    private static long Part(long length, long offset, long? size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, length);
        long part = size ?? length - offset;
        ArgumentOutOfRangeException.ThrowIfNegative(part, nameof(size));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, length - offset, nameof(size));
        return part;
    }

    private static SafeHandle Checked(SafeHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return handle is { IsInvalid: false, IsClosed: false } ? handle : throw new ArgumentException("The handle is closed or invalid.", nameof(handle));
    }

    /// <summary>The whole message including its header, so that one system call sends it.</summary>
    private WireWriter BeginObject<T>(T value)
    {
        var writer = s_writer ?? new WireWriter();
        s_writer = null; // What is serialized may send something itself.
        writer.Reset();
        writer.Int32(0);
        try
        {
            _objects.Write(writer, value);
        }
        catch (SerializationException tooLarge) when (writer.RefusedBytes > 0)
        {
            // A writer that has grown to its limit is not kept.
            throw new SerializationException($"cannot send {TypeNames.Describe(value!)}: {tooLarge.Message}", tooLarge);
        }
        catch
        {
            Keep(writer);
            throw;
        }

        MessageHeader.Write(writer.Overwrite(0, MessageHeader.ShortBytes), (ulong)(writer.Length - MessageHeader.ShortBytes));
        return writer;
    }

    private static void Keep(WireWriter writer)
    {
        if (writer.Length <= LargestKeptBuffer)
        {
            s_writer = writer;
        }
    }

    /// <summary>Called when the message was not sent: releases the handles that waited here for its receiver.</summary>
    private static void TakeBack(WireWriter writer)
    {
        writer.Truncate(0);
        Keep(writer);
    }
}
