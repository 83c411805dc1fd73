using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Multiproc.Connections;
using Multiproc.Objects;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// One end of a two-way stream of messages: objects or bytes, whole and in order. Made by <see cref="Mp.Pipe"/>, <see cref="Listener.Accept"/>
/// and <see cref="Client"/>. It can be sent to other processes; then both have it, and each closes its own.
/// </summary>
/// <remarks>
/// Threads may share it: each call sends or takes a whole message. So may processes the end of a pipe; those that share one of a
/// <see cref="Listener"/> or <see cref="Client"/> need a lock around it, as in Python.
/// When the process at the other end dies, what it sent can still be received, then comes <see cref="EndOfStreamException"/>.
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

    /// <summary>Makes a connection of a connected stream socket.</summary>
    /// <param name="handle">The socket; it belongs to the connection from now on.</param>
    /// <param name="readable">Whether messages may be received; default true.</param>
    /// <param name="writable">Whether messages may be sent; default true.</param>
    /// <exception cref="ArgumentException">The handle is closed or invalid, or the connection would be neither readable nor writable.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on this system.</exception>
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

    /// <summary>Whether it was closed here.</summary>
    public bool Closed => _stream.Endpoint.IsClosed;

    /// <summary>Whether messages can be received: not at the sending end of a one-way pipe, nor after a message was refused for its length.</summary>
    public bool Readable => _stream.Readable;

    /// <summary>Whether messages can be sent: not at the receiving end of a one-way pipe.</summary>
    public bool Writable => _stream.Writable;

    /// <summary>How objects are written; the other end must use the same. Default: <see cref="ConnectionFormat.Native"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    public ConnectionFormat Format
    {
        get => _format;
        set
        {
            _objects = ObjectFormat.Of(value);
            _format = value;
        }
    }

    /// <summary>How many bytes a received message may have; null (the default): as many as memory allows. For connections to unauthenticated peers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative size.</exception>
    public long? MaxMessageSize
    {
        get => _stream.MaxMessageSize;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value ?? 0, nameof(value));
            _stream.MaxMessageSize = value;
        }
    }

    /// <summary>The socket; of a pipe only the sign of life beside its memory. It stays the connection's: do not close it, nor read from it.</summary>
    /// <exception cref="IOException">The connection is closed.</exception>
    public SafeHandle Handle => _stream.Endpoint.Handle;

    internal MessageStream Stream => _stream;

    /// <summary>Sends an object.</summary>
    /// <typeparam name="T">Anything that can be sent.</typeparam>
    /// <param name="value">The object; it is serialized here.</param>
    /// <param name="cancellation">Cancels the wait for room; when a part was sent already, the connection can no longer be written.</param>
    /// <exception cref="SerializationException">The object cannot be sent, or has more bytes than an array can; nothing was sent, and the connection is as before.</exception>
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

    /// <summary>Receives an object; waits for it.</summary>
    /// <typeparam name="T">What is expected; object receives everything.</typeparam>
    /// <param name="timeout">How long to wait for the message to begin; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; when a part was received already, the connection can no longer be read.</param>
    /// <returns>The object.</returns>
    /// <exception cref="EndOfStreamException">The other end is closed and everything was received.</exception>
    /// <exception cref="IOException">It was closed inside a message, or this end is closed or send-only.</exception>
    /// <exception cref="SerializationException">What came is something else. The message is gone, the next can be received.</exception>
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

    /// <summary>Sends bytes, or a part of them, as one message: <c>connection.SendBytes([1, 2, 3])</c> sends three.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">Where to begin; default 0.</param>
    /// <param name="size">How many bytes; null (the default): the rest.</param>
    /// <param name="cancellation">Cancels the wait for room; when a part was sent already, the connection can no longer be written.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the buffer.</exception>
    /// <exception cref="IOException">The other end is closed, or this one is closed or receive-only.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    [OverloadResolutionPriority(1)]
    public void SendBytes(ReadOnlySpan<byte> buffer, long offset = 0, long? size = null, CancellationToken cancellation = default) =>
        SendBytes<byte>(buffer, offset, size, cancellation);

    /// <summary>Sends the bytes of a buffer of any elements, or a part of them, as one message.</summary>
    /// <typeparam name="T">The elements of the buffer; what they are does not matter.</typeparam>
    /// <param name="buffer">For example an array.</param>
    /// <param name="offset">Where to begin, in bytes; default 0.</param>
    /// <param name="size">How many bytes; null (the default): the rest.</param>
    /// <param name="cancellation">Cancels the wait for room; when a part was sent already, the connection can no longer be written.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the buffer.</exception>
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

    /// <summary>Receives the bytes of one message; waits for it.</summary>
    /// <param name="maxLength">The most that is taken; null (the default): any size.</param>
    /// <param name="timeout">How long to wait for the message to begin; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; when a part was received already, the connection can no longer be read.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    /// <exception cref="EndOfStreamException">The other end is closed and everything was received.</exception>
    /// <exception cref="IOException">The message is longer: the connection can no longer be read. Or it is closed or send-only.</exception>
    /// <exception cref="MultiprocTimeoutException">No message arrived within the timeout.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public byte[] RecvBytes(long? maxLength = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength ?? 0, nameof(maxLength));
        cancellation.ThrowIfCancellationRequested();
        return _stream.Receive(maxLength, Deadline.In(timeout), cancellation);
    }

    /// <summary>Receives the bytes of one message into a buffer; waits for it.</summary>
    /// <param name="buffer">Where to put them.</param>
    /// <param name="offset">Where to begin; default 0.</param>
    /// <param name="timeout">How long to wait for the message to begin; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; when a part was received already, the connection can no longer be read.</param>
    /// <returns>How many bytes the message has.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset does not lie in the buffer.</exception>
    /// <exception cref="BufferTooShortException">The message is longer than the room; the exception has the whole of it.</exception>
    /// <exception cref="EndOfStreamException">The other end is closed and everything was received.</exception>
    /// <exception cref="IOException">It was closed inside a message, or this end is closed or send-only.</exception>
    /// <exception cref="MultiprocTimeoutException">No message arrived within the timeout.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public int RecvBytesInto(Span<byte> buffer, int offset = 0, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        (int)RecvBytesInto<byte>(buffer, offset, timeout, cancellation);

    /// <summary>The same for a buffer of any elements.</summary>
    /// <typeparam name="T">The elements of the buffer; what they are does not matter.</typeparam>
    /// <param name="buffer">Where to put the bytes.</param>
    /// <param name="offset">Where to begin, in bytes; default 0.</param>
    /// <param name="timeout">How long to wait for the message to begin; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; when a part was received already, the connection can no longer be read.</param>
    /// <returns>How many bytes the message has.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset does not lie in the buffer.</exception>
    /// <exception cref="BufferTooShortException">The message is longer than the room; the exception has the whole of it.</exception>
    /// <exception cref="EndOfStreamException">The other end is closed and everything was received.</exception>
    /// <exception cref="IOException">It was closed inside a message, or this end is closed or send-only.</exception>
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

    /// <summary>Whether a message, or the end of the stream, is there to be received now.</summary>
    /// <returns>True if <see cref="Recv"/> would not wait for a message to begin.</returns>
    /// <exception cref="IOException">This end is closed or send-only.</exception>
    public bool Poll() => Poll(TimeSpan.Zero);

    /// <summary>Waits until a message, or the end of the stream, is there; takes nothing.</summary>
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

    /// <summary>Closes this end here; who waits on it is woken with an <see cref="IOException"/>. May be called again.</summary>
    /// <remarks>The other end sees the end of the stream when the last process that has this end has closed it.</remarks>
    public void Close() => _stream.Dispose();

    /// <inheritdoc cref="Close"/>
    public void Dispose() => Close();

    /// <summary>The same as <see cref="Close"/>; never waits.</summary>
    /// <returns>A finished task.</returns>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>Names its state and directions.</summary>
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

    /// <summary>The whole message, header and all: it leaves in one call.</summary>
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
            // The writer has grown to its limit: it is not kept.
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

    /// <summary>The message did not leave: what was to wait here for its receiver is not wanted.</summary>
    private static void TakeBack(WireWriter writer)
    {
        writer.Truncate(0);
        Keep(writer);
    }
}
