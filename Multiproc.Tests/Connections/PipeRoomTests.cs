using Multiproc.Connections.Pipes;
using Multiproc.Tests.Support;
using Multiproc.Transport.Rings;

namespace Multiproc.Tests.Connections;

/// <summary>A sender that waits for room: rung when half of it is there, which is enough for any record, and never forgotten.</summary>
public sealed class PipeRoomTests
{
    private static readonly byte[] s_record = new byte[1000];

    [Fact]
    public void RecvBytes_SenderWaits_IsRungAtHalfAndOnce()
    {
        using var pipe = new Pair();
        var sender = HandleOf(pipe.Second);
        int records = Fill(sender);
        sender.Writer.MarkWaiting();
        int before = Bell(sender);
        for (int i = 0; i < (records / 2) - 1; i++)
        {
            pipe.First.RecvBytes(timeout: TimeSpan.Zero);
        }

        Bell(sender).ShouldBe(before, "more than half is unread");
        while (pipe.First.Poll())
        {
            pipe.First.RecvBytes();
        }

        Bell(sender).ShouldBe(before + 1);
    }

    [Fact] // wherever the records lie: the ring and the bulk area begin at another place in each round
    public void TryWrite_WhenRung_TakesTheLargestRecord()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        using var pipe = new Pair();
        var sender = HandleOf(pipe.Second);
        byte[] largest = new byte[sender.Writer.LargestRecord];
        byte[] target = new byte[largest.Length];
        for (int round = 0; round < 60; round++)
        {
            int most = random.Next(3) switch { 0 => 100, 1 => 30_000, _ => largest.Length };
            while (sender.Writer.TryWrite(RecordKind.Frame, default, largest.AsSpan(0, random.Next(most))))
            {
            }

            sender.Writer.MarkWaiting();
            for (int before = Bell(sender); Bell(sender) == before;)
            {
                pipe.First.RecvBytesInto(target, timeout: TimeSpan.Zero);
            }

            sender.Writer.TryWrite(RecordKind.Frame, default, largest).ShouldBeTrue($"seed {Seed}, round {round}");
            while (pipe.First.Poll() && random.Next(50) > 0)
            {
                pipe.First.RecvBytesInto(target);
            }
        }
    }

    [Theory] // the receiver goes on to something else before half is empty
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_ReceiverStopsAfterOneMessage_GoesOn(bool byTask)
    {
        using var pipe = new Pair();
        Fill(HandleOf(pipe.Second));
        var sending = byTask ? pipe.Second.SendBytesAsync(s_record).AsTask() : Task.Run(() => pipe.Second.SendBytes<byte>(s_record));
        pipe.First.RecvBytes(timeout: TimeSpan.Zero);
        await sending.WaitAsync(InChild.Bound);
    }

    private static PipeHandle HandleOf(Connection end) => ((PipeStream)end.Stream).Pipe;

    private static int Fill(PipeHandle sender)
    {
        int records = 0;
        while (sender.Writer.TryWrite(RecordKind.Frame, default, s_record))
        {
            records++;
        }

        return records;
    }

    private static unsafe int Bell(PipeHandle side) => Volatile.Read(ref side.Own->RoomBell);
}
