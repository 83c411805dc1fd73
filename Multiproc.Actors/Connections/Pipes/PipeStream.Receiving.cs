using System.Runtime.InteropServices;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport;
using Multiproc.Transport.Rings;

namespace Multiproc.Connections.Pipes;

/// <content>Receiving. The state of a partly received message, its current record in the ring and the size still to come, belongs to the thread that has the
/// gate and the turn.</content>
internal sealed unsafe partial class PipeStream
{
    private byte* _part;
    private int _partLeft;
    private bool _recordOpen;
    private long _rest;

    public override int Receive(ref byte[] buffer, long? limit, Deadline deadline, CancellationToken cancellation)
    {
        Enter(Receiving, deadline, cancellation);
        try
        {
            RequireReadable();
            using var hold = Endpoint.Hold(out _);
            var pipe = Pipe;
            long size = Begin(pipe, deadline, cancellation);
            try
            {
                RequireSize(size, Math.Min(limit ?? System.Array.MaxLength, System.Array.MaxLength));
                ReceiveBody(pipe, ref buffer, (int)size, cancellation);
            }
            finally
            {
                End(pipe);
            }

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
            using var hold = Endpoint.Hold(out _);
            var pipe = Pipe;
            long size = Begin(pipe, deadline, cancellation);
            try
            {
                RequireSize(size, long.MaxValue);
                if ((ulong)size <= capacity)
                {
                    CopyOut(pipe, target, size, cancellation);
                    return size;
                }

                RequireSize(size, System.Array.MaxLength);
                byte[] message = [];
                ReceiveBody(pipe, ref message, (int)size, cancellation);
                throw new BufferTooShortException(message, (long)capacity);
            }
            finally
            {
                End(pipe);
            }
        }
        finally
        {
            Receiving.Release();
        }
    }

    /// <summary>Waits until a message begins, and takes the turn.</summary>
    /// <returns>The size of the message.</returns>
    private long Begin(PipeHandle pipe, Deadline deadline, CancellationToken cancellation)
    {
        while (true)
        {
            if (!AwaitData(deadline, cancellation))
            {
                throw TimedOut();
            }

            if (!PipeTurn.TryTake(&pipe.Own->ReceiveTurn))
            {
                AwaitReceiving(pipe, deadline, cancellation);
            }

            if (TryBegin(pipe) is { } size)
            {
                return size;
            }

            ThrowIfAtEnd(pipe);
        }
    }

    /// <summary>
    /// Returns the size of the next message, with the turn taken; or null without the turn: another process took the message, or the other side is gone.
    /// </summary>
    private long? TryBegin(PipeHandle pipe)
    {
        bool begun = false;
        try
        {
            pipe.Reader.Resume();
            while (pipe.Reader.TryRead(out var kind, out var record))
            {
                if (kind == RecordKind.More)
                {
                    // The rest of a message whose receiver was canceled or died.
                    pipe.Reader.Release();
                    pipe.AnnounceRoom();
                    continue;
                }

                int header = kind == RecordKind.First ? FirstHeader : 0;
                long size = header == 0 ? record.Length : record.Length < header ? -1 : MemoryMarshal.Read<long>(record[8..]);
                if (size < 0 || size < record.Length - header)
                {
                    throw new SerializationException($"Malformed message: {size} bytes announced, {record.Length} came.");
                }

                Open(record[header..]);
                _rest = size;
                begun = true;
                return size;
            }

            return null;
        }
        catch (SerializationException malformed)
        {
            BreakReceiving();
            throw new IOException($"The pipe is corrupt: {malformed.Message} The connection can no longer be read.", malformed);
        }
        finally
        {
            if (!begun)
            {
                PipeTurn.Leave(&pipe.Own->ReceiveTurn);
            }
        }
    }

    private void End(PipeHandle pipe)
    {
        // An unread record stays where it is: another holder of this side may read it.
        if (_recordOpen && _partLeft == 0)
        {
            CloseRecord(pipe);
        }

        _recordOpen = false;
        PipeTurn.Leave(&pipe.Own->ReceiveTurn);
    }

    private void ReceiveBody(PipeHandle pipe, ref byte[] buffer, int size, CancellationToken cancellation)
    {
        for (int done = 0; done < size;)
        {
            byte[] before = buffer;
            int until = Grow(ref buffer, done, size);
            fixed (byte* start = buffer)
            {
                if (buffer != before)
                {
                    FreshPages.Take(start + done, until - done);
                }

                CopyOut(pipe, start + done, until - done, cancellation);
            }

            done = until;
        }
    }

    private void CopyOut(PipeHandle pipe, byte* target, long size, CancellationToken cancellation)
    {
        while (size > 0)
        {
            int taken = Take(pipe, target, size);
            target += taken;
            size -= taken;
            if (taken == 0 && !TryNext(pipe))
            {
                AwaitMore(pipe, cancellation);
            }
        }
    }

    /// <summary>Copies the available bytes of the current record, up to the requested size.</summary>
    private int Take(PipeHandle pipe, byte* target, long size)
    {
        int taken = (int)Math.Min(size, _partLeft);
        Buffer.MemoryCopy(_part, target, taken, taken);
        _part += taken;
        _partLeft -= taken;
        _rest -= taken;
        if (_partLeft == 0 && _recordOpen)
        {
            CloseRecord(pipe);
        }

        return taken;
    }

    /// <summary>Advances to the next record of the message, if it is available.</summary>
    /// <exception cref="IOException">The message is cut off: no further record will come.</exception>
    private bool TryNext(PipeHandle pipe)
    {
        if (!pipe.Reader.TryRead(out var kind, out var record))
        {
            return false;
        }

        if (kind != RecordKind.More)
        {
            // The record stays in the ring: it begins the next message.
            throw CutOff();
        }

        if (record.Length <= MoreHeader || record.Length - MoreHeader > _rest)
        {
            BreakReceiving();
            throw new IOException($"The pipe is corrupt: {record.Length - MoreHeader} bytes more, {_rest} left. The connection can no longer be read.");
        }

        Open(record[MoreHeader..]);
        return true;
    }

    private void AwaitMore(PipeHandle pipe, CancellationToken cancellation)
    {
        try
        {
            AwaitData(Deadline.Never, cancellation, &pipe.Other->SendTurn);
        }
        catch (OperationCanceledException)
        {
            BreakReceiving();
            throw;
        }

        ThrowIfCutOff(pipe);
    }

    /// <summary>Within a message, checks after a wait without a record whether more can come.</summary>
    private void ThrowIfCutOff(PipeHandle pipe)
    {
        if (!pipe.Reader.HasUnread && (pipe.IsPeerGone() || !PipeTurn.IsHeld(&pipe.Other->SendTurn)) && !pipe.Reader.HasUnread)
        {
            throw CutOff();
        }
    }

    private static void ThrowIfAtEnd(PipeHandle pipe)
    {
        if (pipe.IsPeerGone() && !pipe.Reader.HasUnread)
        {
            throw new EndOfStreamException("The other end of the connection is closed: there are no more messages.");
        }
    }

    private static IOException CutOff() => new("Got end of file during message: the other end was closed, or its process died or gave up, while it sent.");

    /// <summary>Opens a record in place: the ring's memory does not move, and stays mapped during the call.</summary>
    private void Open(ReadOnlySpan<byte> part)
    {
        _part = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(part));
        _partLeft = part.Length;
        _recordOpen = true;
    }

    private void CloseRecord(PipeHandle pipe)
    {
        _recordOpen = false;
        pipe.Reader.Release();
        pipe.AnnounceRoom();
    }

    private void AwaitReceiving(PipeHandle pipe, Deadline deadline, CancellationToken cancellation) =>
        PipeTurn.Enter(&pipe.Own->ReceiveTurn, () => GiveUpReceiving(deadline, cancellation));

    /// <summary>Checks for timeout and cancellation while another process that holds this side receives.</summary>
    private void GiveUpReceiving(Deadline deadline, CancellationToken cancellation)
    {
        Endpoint.ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        if (deadline.HasPassed)
        {
            throw TimedOut();
        }
    }
}
