using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>
/// Whole messages over a socket, in CPython's framing. Nothing is read ahead: other processes may have the same socket, and the next
/// message may be theirs. Threads take turns, a whole message each.
/// </summary>
internal sealed unsafe partial class MessageStream : IDisposable
{
    /// <summary>A buffer grows with what comes, not with what is announced; up to here it is believed.</summary>
    private const int BelievedBytes = 16 * 1024 * 1024;

    // Some ten microseconds. Longer looks would give way to other processes, and on a busy machine each takes its slice: there a plain sleep is shorter.
    private const int MostLooks = 40;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _receiving = new(1, 1);
    private readonly SpinPolicy _spin = new();
    private volatile bool _readable;
    private volatile bool _writable;
    private int _eagerAcks;

    /// <param name="endpoint">The socket; closed with this.</param>
    /// <param name="readable">Whether messages may be received.</param>
    /// <param name="writable">Whether messages may be sent.</param>
    /// <param name="eagerAcks">
    /// How many waits ask the kernel to acknowledge at once: CPython sends its last message of the handshake and its first request in
    /// two small writes, between which it would wait 40 ms. For TCP only.
    /// </param>
    public MessageStream(Endpoint endpoint, bool readable, bool writable, int eagerAcks = 0)
    {
        Endpoint = endpoint;
        _readable = readable;
        _writable = writable;
        _eagerAcks = eagerAcks;
    }

    public Endpoint Endpoint { get; }

    public bool Readable => _readable;

    public bool Writable => _writable;

    public long? MaxMessageSize { get; set; }

    /// <summary>Sends head and body in one call where the socket has room for them.</summary>
    public void Send(byte* head, nuint headSize, byte* body, nuint bodySize, CancellationToken cancellation)
    {
        Enter(_sending, Deadline.Never, cancellation);
        try
        {
            RequireWritable();
            using var hold = Endpoint.Hold(out int descriptor);
            var rest = new SocketBytes.Unsent(head, headSize, body, bodySize);
            bool begun = false;
            while (!rest.IsEmpty)
            {
                nint sent = SocketBytes.TrySend(descriptor, ref rest);
                begun |= sent >= 0;
                if (sent < 0)
                {
                    AwaitRoom(begun, cancellation);
                }
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <exception cref="OperationCanceledException">The token fired; what had begun cannot be taken back.</exception>
    private void AwaitRoom(bool begun, CancellationToken cancellation)
    {
        try
        {
            Endpoint.Wait(SocketCalls.PollOut, Deadline.Never, cancellation);
        }
        catch (OperationCanceledException) when (begun)
        {
            BreakSending();
            throw;
        }
    }

    public bool Poll(Deadline deadline, CancellationToken cancellation)
    {
        RequireReadable();
        return Endpoint.Wait(SocketCalls.PollIn, deadline, cancellation);
    }

    /// <summary>Receives a message into an array of its size.</summary>
    public byte[] Receive(long? limit, Deadline deadline, CancellationToken cancellation)
    {
        byte[] message = [];
        Receive(ref message, limit, deadline, cancellation);
        return message;
    }

    /// <summary>Receives a message into a buffer that is replaced when it is too small.</summary>
    /// <returns>The size of the message.</returns>
    public int Receive(ref byte[] buffer, long? limit, Deadline deadline, CancellationToken cancellation)
    {
        Enter(_receiving, deadline, cancellation);
        try
        {
            RequireReadable();
            using var hold = Endpoint.Hold(out int descriptor);
            long size = ReceiveHeader(descriptor, deadline, cancellation);
            RequireSize(size, Math.Min(limit ?? System.Array.MaxLength, System.Array.MaxLength));
            ReceiveBody(descriptor, ref buffer, (int)size, cancellation);
            return (int)size;
        }
        finally
        {
            _receiving.Release();
        }
    }

    /// <exception cref="BufferTooShortException">The message is larger; it is in the exception.</exception>
    public long ReceiveInto(byte* target, nuint capacity, Deadline deadline, CancellationToken cancellation)
    {
        Enter(_receiving, deadline, cancellation);
        try
        {
            RequireReadable();
            using var hold = Endpoint.Hold(out int descriptor);
            long size = ReceiveHeader(descriptor, deadline, cancellation);
            RequireSize(size, long.MaxValue);
            if ((ulong)size <= capacity)
            {
                ReceiveExactly(descriptor, target, (nuint)size, atBoundary: false, Deadline.Never, cancellation);
                return size;
            }

            RequireSize(size, System.Array.MaxLength);
            byte[] message = [];
            ReceiveBody(descriptor, ref message, (int)size, cancellation);
            throw new BufferTooShortException(message, (long)capacity);
        }
        finally
        {
            _receiving.Release();
        }
    }

    public void Dispose() => Endpoint.Dispose();

    private void Enter(SemaphoreSlim gate, Deadline deadline, CancellationToken cancellation)
    {
        if (!gate.Wait(0, CancellationToken.None) && !gate.Wait(deadline.Remaining, cancellation))
        {
            throw TimedOut();
        }
    }

    private long ReceiveHeader(int descriptor, Deadline deadline, CancellationToken cancellation)
    {
        byte* header = stackalloc byte[MessageHeader.LongBytes];
        ReceiveExactly(descriptor, header, MessageHeader.ShortBytes, atBoundary: true, deadline, cancellation);
        long size = MessageHeader.ReadShort(new ReadOnlySpan<byte>(header, MessageHeader.ShortBytes));
        if (size == MessageHeader.LongMark)
        {
            ReceiveExactly(descriptor, header, sizeof(long), atBoundary: false, Deadline.Never, cancellation);
            size = MessageHeader.ReadLong(new ReadOnlySpan<byte>(header, sizeof(long)));
        }

        return size;
    }

    private void ReceiveBody(int descriptor, ref byte[] buffer, int size, CancellationToken cancellation)
    {
        for (int done = 0; done < size;)
        {
            int until = Grow(ref buffer, done, size);
            fixed (byte* start = buffer)
            {
                ReceiveExactly(descriptor, start + done, (nuint)(until - done), atBoundary: false, Deadline.Never, cancellation);
            }

            done = until;
        }
    }

    /// <returns>How far the buffer can be filled.</returns>
    private static int Grow(ref byte[] buffer, int done, int size)
    {
        int wanted = (int)Math.Min(size, Math.Max(BelievedBytes, done * 2L));
        if (buffer.Length < wanted)
        {
            byte[] larger = GC.AllocateUninitializedArray<byte>(wanted);
            buffer.AsSpan(0, done).CopyTo(larger);
            buffer = larger;
        }

        return Math.Min(size, buffer.Length);
    }

    private void ReceiveExactly(int descriptor, byte* target, nuint size, bool atBoundary, Deadline deadline, CancellationToken cancellation)
    {
        for (nuint done = 0; done < size;)
        {
            bool between = atBoundary && done == 0;
            nint received = SocketBytes.TryReceive(descriptor, target + done, size - done, between);
            if (received < 0)
            {
                received = LookAgain(descriptor, target + done, size - done, between);
            }

            if (received >= 0)
            {
                done += (nuint)received;
            }
            else
            {
                AwaitBytes(between, deadline, cancellation);
            }
        }
    }

    /// <summary>A sleep and a wake cost more than most answers take.</summary>
    private nint LookAgain(int descriptor, byte* target, nuint size, bool between)
    {
        int looks = Math.Min(_spin.Begin(), MostLooks);
        for (int look = 0; look < looks; look++)
        {
            SpinPolicy.Pause(look);
            nint received = SocketBytes.TryReceive(descriptor, target, size, between);
            if (received >= 0)
            {
                _spin.Succeeded();
                return received;
            }
        }

        _spin.Failed(looks);
        return -1;
    }

    private void AwaitBytes(bool between, Deadline deadline, CancellationToken cancellation)
    {
        AcknowledgeAtOnce();
        try
        {
            if (!Endpoint.Wait(SocketCalls.PollIn, deadline, cancellation))
            {
                throw TimedOut();
            }
        }
        catch (OperationCanceledException) when (!between)
        {
            BreakReceiving();
            throw;
        }
    }

    private void AcknowledgeAtOnce()
    {
        if (_eagerAcks > 0)
        {
            _eagerAcks--;
            using var hold = Endpoint.Hold(out int descriptor);
            int on = 1;
            SocketCalls.setsockopt(descriptor, SocketCalls.TcpLevel, SocketCalls.TcpQuickAck, &on, sizeof(int));
        }
    }

    private void RequireReadable()
    {
        Endpoint.ThrowIfClosed();
        if (!_readable)
        {
            throw new IOException("The connection cannot be read: it is the sending end of a pipe, or a message was refused or left unfinished.");
        }
    }

    private void RequireWritable()
    {
        Endpoint.ThrowIfClosed();
        if (!_writable)
        {
            throw new IOException("The connection cannot be written: it is the receiving end of a pipe, or a message was left unfinished.");
        }
    }

    private void RequireSize(long size, long limit)
    {
        long most = Math.Min(limit, MaxMessageSize ?? long.MaxValue);
        if (size < 0 || size > most)
        {
            BreakReceiving();
            throw new IOException(size < 0
                ? $"Bad message length: {size}. The other end does not speak this protocol."
                : $"Bad message length: {size} bytes announced, {most} allowed. The connection can no longer be read.");
        }
    }

    /// <summary>Where the next message begins is not known any more.</summary>
    private void BreakReceiving()
    {
        _readable = false;
        if (!_writable)
        {
            Dispose();
        }
    }

    private void BreakSending()
    {
        _writable = false;
        if (!_readable)
        {
            Dispose();
        }
    }

    private static MultiprocTimeoutException TimedOut() => new("No message came in time: wait longer, or ask Poll first.");
}
