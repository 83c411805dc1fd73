using Multiproc.Transport;
using Multiproc.Transport.Rings;

namespace Multiproc.Connections.Pipes;

/// <content>Asynchronous sending.</content>
internal sealed partial class PipeStream
{
    public override ValueTask SendFramedAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        SendAsync(message[MessageHeader.ShortBytes..], cancellation);

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        await Sending.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            RequireWritable();
            using var hold = new Lease(Endpoint);
            var pipe = Pipe;
            ThrowIfPeerGone(pipe);
            while (!TryEnterSending(pipe))
            {
                GiveUpWaiting(pipe, cancellation);
                await Task.Delay(PipeTurn.CheckAgain, cancellation).ConfigureAwait(false);
            }

            try
            {
                await WriteAsync(pipe, body, cancellation).ConfigureAwait(false);
            }
            finally
            {
                LeaveSending(pipe);
            }
        }
        finally
        {
            Sending.Release();
        }
    }

    private async ValueTask WriteAsync(PipeHandle pipe, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        pipe.Writer.Resume();
        bool whole = body.Length <= pipe.Writer.LargestRecord;
        for (int sent = 0; sent < body.Length || sent == 0;)
        {
            int part = whole ? body.Length : Math.Min(body.Length - sent, pipe.Writer.LargestRecord - FirstHeader);
            if (!TryWritePart(pipe, body.Span, sent, part, whole))
            {
                await SleepForRoomAsync(pipe, body, sent, part, whole, cancellation).ConfigureAwait(false);
            }

            pipe.AnnounceData();
            sent += part;
            if (whole)
            {
                return;
            }
        }
    }

    private async ValueTask SleepForRoomAsync(PipeHandle pipe, ReadOnlyMemory<byte> body, int sent, int part, bool whole, CancellationToken cancellation)
    {
        var pulse = new Pulse();
        using var poll = new BellPoll(Endpoint, pipe, pulse);
        while (true)
        {
            pulse.Reset();
            pipe.ArmRoom();
            if (TryWritePart(pipe, body.Span, sent, part, whole))
            {
                return;
            }

            GiveUpSending(begun: sent > 0, cancellation);
            ThrowIfPeerGone(pipe);
            try
            {
                await poll.SleepAsync(Deadline.Never.OrIn(PipeHandle.RoomLook), cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                GiveUpSending(begun: sent > 0, cancellation);
            }
        }
    }

    private static unsafe bool TryWritePart(PipeHandle pipe, ReadOnlySpan<byte> body, int sent, int part, bool whole)
    {
        if (whole)
        {
            return pipe.Writer.TryWrite(RecordKind.Frame, default, body);
        }

        byte* head = stackalloc byte[FirstHeader];
        return pipe.Writer.TryWrite(sent == 0 ? RecordKind.First : RecordKind.More, Header(head, (nuint)sent, (nuint)body.Length), body.Slice(sent, part));
    }

    private static unsafe bool TryEnterSending(PipeHandle pipe) => PipeTurn.TryEnter(&pipe.Own->SendTurn);

    private static unsafe void LeaveSending(PipeHandle pipe) => PipeTurn.Leave(&pipe.Own->SendTurn);
}
