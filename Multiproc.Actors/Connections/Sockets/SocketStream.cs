using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>Transfers messages over a socket, in CPython's framing.</summary>
internal sealed unsafe partial class SocketStream : MessageStream
{
    // Some forty microseconds: each iteration is a system call.
    private const int MostSpins = 80;

    /// <summary>The wait in microseconds that is worth spinning for. A wake through a socket takes longer than one through a futex.</summary>
    private const int ShortWait = 100;

    // The rest of a message comes soon, whenever the next message comes: a futile spin for one says nothing about the other.
    private readonly SpinPolicy _messageSpin = new(ShortWait);
    private readonly SpinPolicy _restSpin = new(ShortWait);
    private int _eagerAcks;

    /// <param name="endpoint">The socket; closed with this.</param>
    /// <param name="readable">Whether messages may be received.</param>
    /// <param name="writable">Whether messages may be sent.</param>
    /// <param name="eagerAcks">
    /// The number of waits that ask the kernel to acknowledge at once: CPython sends its last message of the handshake and its first request in
    /// two small writes, between which it would wait 40 ms. For TCP only.
    /// </param>
    public SocketStream(Endpoint endpoint, bool readable, bool writable, int eagerAcks = 0)
        : base(endpoint, readable, writable) => _eagerAcks = eagerAcks;

    public override void SendFramed(byte* message, nuint size, CancellationToken cancellation) => Send(message, size, null, 0, cancellation);

    public override void Send(byte* body, nuint size, CancellationToken cancellation)
    {
        byte* head = stackalloc byte[MessageHeader.LongBytes];
        int headSize = MessageHeader.Write(new Span<byte>(head, MessageHeader.LongBytes), size);
        Send(head, (nuint)headSize, body, size, cancellation);
    }

    /// <summary>Sends head and body, in one system call if the socket has room for them.</summary>
    private void Send(byte* head, nuint headSize, byte* body, nuint bodySize, CancellationToken cancellation)
    {
        Enter(Sending, Deadline.Never, cancellation);
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
            Sending.Release();
        }
    }

    /// <exception cref="OperationCanceledException">The token was canceled. A message that was partly sent cannot be withdrawn.</exception>
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

    public override bool Poll(Deadline deadline, CancellationToken cancellation)
    {
        RequireReadable();
        return Endpoint.Wait(SocketCalls.PollIn, deadline, cancellation);
    }

    public override int Receive(ref byte[] buffer, long? limit, Deadline deadline, CancellationToken cancellation)
    {
        Enter(Receiving, deadline, cancellation);
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
            Receiving.Release();
        }
    }

    public override long ReceiveInto(byte* target, nuint capacity, Deadline deadline, CancellationToken cancellation)
    {
        Enter(Receiving, deadline, cancellation);
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
            Receiving.Release();
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

    private void ReceiveExactly(int descriptor, byte* target, nuint size, bool atBoundary, Deadline deadline, CancellationToken cancellation)
    {
        for (nuint done = 0; done < size;)
        {
            bool between = atBoundary && done == 0;
            nint received = SocketBytes.TryReceive(descriptor, target + done, size - done, between);
            if (received < 0)
            {
                received = SpinAgain(descriptor, target + done, size - done, between);
            }

            if (received >= 0)
            {
                done += (nuint)received;
            }
            else
            {
                AwaitBytes(between, deadline, cancellation);
                SpinFor(between).End();
            }
        }
    }

    /// <summary>Spins before sleeping: a sleep and a wake cost more than most replies take.</summary>
    private nint SpinAgain(int descriptor, byte* target, nuint size, bool between)
    {
        var spin = SpinFor(between);
        int spins = Math.Min(spin.Begin(), MostSpins);
        for (int turn = 0; turn < spins; turn++)
        {
            SpinPolicy.Pause();
            nint received = SocketBytes.TryReceive(descriptor, target, size, between);
            if (received >= 0)
            {
                spin.Succeeded();
                return received;
            }
        }

        spin.Failed();
        return -1;
    }

    private SpinPolicy SpinFor(bool between) => between ? _messageSpin : _restSpin;

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
}
