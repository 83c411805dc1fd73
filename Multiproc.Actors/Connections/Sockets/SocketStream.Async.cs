using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <content>The asynchronous methods. They make the same system calls; only the waiting differs.</content>
internal sealed partial class SocketStream
{
    public override ValueTask SendFramedAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) => SendPartsAsync(message, default, cancellation);

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        byte[] head = new byte[MessageHeader.LongBytes];
        int headSize = MessageHeader.Write(head, (ulong)body.Length);
        await SendPartsAsync(head.AsMemory(0, headSize), body, cancellation).ConfigureAwait(false);
    }

    private async ValueTask SendPartsAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        await Sending.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            RequireWritable();
            for (long done = 0; done < (long)head.Length + body.Length;)
            {
                nint sent = TrySend(head.Span, body.Span, done);
                if (sent >= 0)
                {
                    done += sent;
                }
                else
                {
                    await AwaitRoomAsync(done > 0, cancellation).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            Sending.Release();
        }
    }

    public override ValueTask<bool> PollAsync(Deadline deadline, CancellationToken cancellation)
    {
        RequireReadable();
        return Endpoint.WaitAsync(SocketCalls.PollIn, deadline, cancellation);
    }

    public override async ValueTask<byte[]> ReceiveAsync(long? limit, Deadline deadline, CancellationToken cancellation)
    {
        await EnterAsync(Receiving, deadline, cancellation).ConfigureAwait(false);
        try
        {
            RequireReadable();
            long size = await ReceiveHeaderAsync(deadline, cancellation).ConfigureAwait(false);
            RequireSize(size, Math.Min(limit ?? System.Array.MaxLength, System.Array.MaxLength));
            return await ReceiveBodyAsync((int)size, cancellation).ConfigureAwait(false);
        }
        finally
        {
            Receiving.Release();
        }
    }

    public override async ValueTask<int> ReceiveIntoAsync(Memory<byte> target, Deadline deadline, CancellationToken cancellation)
    {
        await EnterAsync(Receiving, deadline, cancellation).ConfigureAwait(false);
        try
        {
            RequireReadable();
            long size = await ReceiveHeaderAsync(deadline, cancellation).ConfigureAwait(false);
            RequireSize(size, System.Array.MaxLength);
            if (size > target.Length)
            {
                throw new BufferTooShortException(await ReceiveBodyAsync((int)size, cancellation).ConfigureAwait(false), target.Length);
            }

            await ReceiveExactlyAsync(target[..(int)size], atBoundary: false, Deadline.Never, cancellation).ConfigureAwait(false);
            return (int)size;
        }
        finally
        {
            Receiving.Release();
        }
    }

    private async ValueTask<long> ReceiveHeaderAsync(Deadline deadline, CancellationToken cancellation)
    {
        byte[] header = new byte[sizeof(long)];
        await ReceiveExactlyAsync(header.AsMemory(0, MessageHeader.ShortBytes), atBoundary: true, deadline, cancellation).ConfigureAwait(false);
        long size = MessageHeader.ReadShort(header);
        if (size == MessageHeader.LongMark)
        {
            await ReceiveExactlyAsync(header, atBoundary: false, Deadline.Never, cancellation).ConfigureAwait(false);
            size = MessageHeader.ReadLong(header);
        }

        return size;
    }

    private async ValueTask<byte[]> ReceiveBodyAsync(int size, CancellationToken cancellation)
    {
        byte[] buffer = [];
        for (int done = 0; done < size;)
        {
            int until = Grow(ref buffer, done, size);
            await ReceiveExactlyAsync(buffer.AsMemory(done, until - done), atBoundary: false, Deadline.Never, cancellation).ConfigureAwait(false);
            done = until;
        }

        return buffer;
    }

    private async ValueTask ReceiveExactlyAsync(Memory<byte> target, bool atBoundary, Deadline deadline, CancellationToken cancellation)
    {
        for (int done = 0; done < target.Length;)
        {
            bool between = atBoundary && done == 0;
            int received = TryReceive(target.Span[done..], between);
            if (received >= 0)
            {
                done += received;
            }
            else
            {
                await AwaitBytesAsync(between, deadline, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask AwaitBytesAsync(bool between, Deadline deadline, CancellationToken cancellation)
    {
        AcknowledgeAtOnce();
        try
        {
            if (!await Endpoint.WaitAsync(SocketCalls.PollIn, deadline, cancellation).ConfigureAwait(false))
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

    private async ValueTask AwaitRoomAsync(bool begun, CancellationToken cancellation)
    {
        try
        {
            await Endpoint.WaitAsync(SocketCalls.PollOut, Deadline.Never, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (begun)
        {
            BreakSending();
            throw;
        }
    }

    private unsafe int TryReceive(Span<byte> target, bool between)
    {
        using var hold = Endpoint.Hold(out int descriptor);
        fixed (byte* start = target)
        {
            return (int)SocketBytes.TryReceive(descriptor, start, (nuint)target.Length, between);
        }
    }

    private unsafe nint TrySend(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, long done)
    {
        using var hold = Endpoint.Hold(out int descriptor);
        fixed (byte* headStart = head, bodyStart = body)
        {
            var rest = new SocketBytes.Unsent(headStart, (nuint)head.Length, bodyStart, (nuint)body.Length);
            rest.Advance((nuint)done);
            return SocketBytes.TrySend(descriptor, ref rest);
        }
    }
}
