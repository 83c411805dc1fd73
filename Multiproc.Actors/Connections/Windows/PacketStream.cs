using Multiproc.Transport;

namespace Multiproc.Connections.Windows;

/// <summary>
/// Transfers messages over a pipe that preserves their boundaries. A poll reads the first part of the next message, since only a read tells that it has
/// arrived. That takes nothing from others: a Windows pipe belongs to one process.
/// </summary>
internal sealed class PacketStream(IPacketPipe pipe, Endpoint endpoint) : MessageStream(endpoint, readable: true, writable: true)
{
    private const int FirstBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly byte[] _first = new byte[FirstBytes];
    private Task<PacketPart>? _reading;

    public override unsafe void SendFramed(byte* message, nuint size, CancellationToken cancellation) =>
        Send(message + MessageHeader.ShortBytes, size - MessageHeader.ShortBytes, cancellation);

    public override unsafe void Send(byte* body, nuint size, CancellationToken cancellation)
    {
        if (size > (nuint)System.Array.MaxLength)
        {
            throw new IOException(
                $"A message of {size} bytes does not go through a Windows pipe, which takes {System.Array.MaxLength} at once: send it in pieces, or connect "
                    + "by TCP.");
        }

        SendAsync(new ReadOnlySpan<byte>(body, (int)size).ToArray(), cancellation).AsTask().GetAwaiter().GetResult();
    }

    public override ValueTask SendFramedAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        SendAsync(message[MessageHeader.ShortBytes..], cancellation);

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        await Sending.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            RequireWritable();
            await pipe.WriteAsync(body, cancellation).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            Endpoint.ThrowIfClosed();
            throw;
        }
        catch (OperationCanceledException)
        {
            BreakSending();
            throw;
        }
        finally
        {
            Sending.Release();
        }
    }

    public override bool Poll(Deadline deadline, CancellationToken cancellation) => PollAsync(deadline, cancellation).AsTask().GetAwaiter().GetResult();

    public override async ValueTask<bool> PollAsync(Deadline deadline, CancellationToken cancellation)
    {
        RequireReadable();
        try
        {
            await AwaitFirstAsync(deadline, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (MultiprocTimeoutException)
        {
            return false;
        }
    }

    public override int Receive(ref byte[] buffer, long? limit, Deadline deadline, CancellationToken cancellation)
    {
        buffer = ReceiveAsync(limit, deadline, cancellation).AsTask().GetAwaiter().GetResult();
        return buffer.Length;
    }

    public override unsafe long ReceiveInto(byte* target, nuint capacity, Deadline deadline, CancellationToken cancellation)
    {
        byte[] message = ReceiveAsync(null, deadline, cancellation).AsTask().GetAwaiter().GetResult();
        if ((nuint)message.Length > capacity)
        {
            throw new BufferTooShortException(message, (long)capacity);
        }

        message.CopyTo(new Span<byte>(target, message.Length));
        return message.Length;
    }

    public override async ValueTask<int> ReceiveIntoAsync(Memory<byte> target, Deadline deadline, CancellationToken cancellation)
    {
        byte[] message = await ReceiveAsync(null, deadline, cancellation).ConfigureAwait(false);
        if (message.Length > target.Length)
        {
            throw new BufferTooShortException(message, target.Length);
        }

        message.CopyTo(target);
        return message.Length;
    }

    public override async ValueTask<byte[]> ReceiveAsync(long? limit, Deadline deadline, CancellationToken cancellation)
    {
        await EnterAsync(Receiving, deadline, cancellation).ConfigureAwait(false);
        try
        {
            RequireReadable();
            var part = await AwaitFirstAsync(deadline, cancellation).ConfigureAwait(false);
            if (part.IsEnd)
            {
                throw new EndOfStreamException("The other end of the connection is closed: there are no more messages.");
            }

            return await TakeAsync(part, Math.Min(limit ?? System.Array.MaxLength, System.Array.MaxLength), cancellation).ConfigureAwait(false);
        }
        finally
        {
            Receiving.Release();
        }
    }

    private async ValueTask<byte[]> TakeAsync(PacketPart part, long limit, CancellationToken cancellation)
    {
        byte[] buffer = _first[..part.Size];
        lock (_gate)
        {
            _reading = null;
        }

        int done = part.Size;
        RequireSize(done, limit);
        while (!part.IsLast)
        {
            if (done == buffer.Length)
            {
                System.Array.Resize(ref buffer, (int)Math.Min(System.Array.MaxLength, Math.Max(2L * done, FirstBytes)));
            }

            part = await ReadRestAsync(buffer.AsMemory(done), cancellation).ConfigureAwait(false);
            done += part.Size;
            RequireSize(done, limit);
        }

        return done == buffer.Length ? buffer : buffer[..done];
    }

    private async ValueTask<PacketPart> ReadRestAsync(Memory<byte> target, CancellationToken cancellation)
    {
        try
        {
            var part = await pipe.ReadAsync(target, cancellation).ConfigureAwait(false);
            return part.IsEnd ? throw new IOException("Got end of file during message: the other end was closed while it sent.") : part;
        }
        catch (OperationCanceledException)
        {
            BreakReceiving();
            throw;
        }
    }

    /// <summary>Waits for the first part of a message. It is kept until it is taken, so a canceled or repeated wait loses nothing.</summary>
    private async ValueTask<PacketPart> AwaitFirstAsync(Deadline deadline, CancellationToken cancellation)
    {
        Task<PacketPart> reading;
        lock (_gate)
        {
            reading = _reading ??= pipe.ReadAsync(_first, CancellationToken.None).AsTask();
        }

        try
        {
            return reading.IsCompleted
                ? await reading.ConfigureAwait(false)
                : await reading.WaitAsync(deadline.RemainingOrInfinite, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw TimedOut();
        }
        catch (Exception broken) when (broken is ObjectDisposedException or OperationCanceledException && Endpoint.IsClosed)
        {
            Endpoint.ThrowIfClosed();
            throw;
        }
    }
}
