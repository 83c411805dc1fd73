using System.Runtime.InteropServices;
using Multiproc.Transport;
using Multiproc.Transport.Rings;

namespace Multiproc.Connections.Pipes;

/// <content>Sending.</content>
internal sealed unsafe partial class PipeStream
{
    private const int FirstHeader = 16;
    private const int MoreHeader = 8;

    public override void SendFramed(byte* message, nuint size, CancellationToken cancellation) =>
        Send(message + MessageHeader.ShortBytes, size - MessageHeader.ShortBytes, cancellation);

    public override void Send(byte* body, nuint size, CancellationToken cancellation)
    {
        Enter(Sending, Deadline.Never, cancellation);
        try
        {
            RequireWritable();
            using var hold = Endpoint.Hold(out _);
            var pipe = Pipe;
            ThrowIfPeerGone(pipe);
            if (!PipeTurn.TryTake(&pipe.Own->SendTurn))
            {
                AwaitSending(pipe, cancellation);
            }

            try
            {
                pipe.Writer.Resume();
                if (size <= (nuint)pipe.Writer.LargestRecord)
                {
                    Write(pipe, RecordKind.Frame, default, new ReadOnlySpan<byte>(body, (int)size), begun: false, cancellation);
                }
                else
                {
                    SendParts(pipe, body, size, cancellation);
                }
            }
            finally
            {
                PipeTurn.Leave(&pipe.Own->SendTurn);
            }
        }
        finally
        {
            Sending.Release();
        }
    }

    private void SendParts(PipeHandle pipe, byte* body, nuint size, CancellationToken cancellation)
    {
        byte* head = stackalloc byte[FirstHeader];
        for (nuint sent = 0; sent < size;)
        {
            var header = Header(head, sent, size);
            int part = (int)Math.Min(size - sent, (nuint)(pipe.Writer.LargestRecord - FirstHeader));
            Write(pipe, sent == 0 ? RecordKind.First : RecordKind.More, header, new ReadOnlySpan<byte>(body + sent, part), begun: sent > 0, cancellation);
            sent += (nuint)part;
        }
    }

    private static ReadOnlySpan<byte> Header(byte* head, nuint sent, nuint size)
    {
        var header = new Span<byte>(head, sent == 0 ? FirstHeader : MoreHeader);
        header.Clear();
        if (sent == 0)
        {
            MemoryMarshal.Write(header[8..], (long)size);
        }

        return header;
    }

    /// <summary>Checks for cancellation while another process that holds this side sends.</summary>
    private void GiveUpWaiting(PipeHandle pipe, CancellationToken cancellation)
    {
        Endpoint.ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        ThrowIfPeerGone(pipe);
    }

    private void AwaitSending(PipeHandle pipe, CancellationToken cancellation) =>
        PipeTurn.Enter(&pipe.Own->SendTurn, () => GiveUpWaiting(pipe, cancellation));
}
