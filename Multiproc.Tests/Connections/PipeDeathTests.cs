using Multiproc.Connections.Pipes;
using Multiproc.TestKit;
using Multiproc.Tests.Support;
using Multiproc.Transport.Rings;
using static Multiproc.Tests.Connections.PipeUsers;

namespace Multiproc.Tests.Connections;

/// <summary>What becomes of a pipe when a process that holds an end of it dies or closes it, wherever it was.</summary>
public sealed class PipeDeathTests
{
    private const int Large = 24 * 1024 * 1024;

    [Fact] // the end is still held here: only the turn of the dead sender tells
    public void Recv_SenderKilledInsideAMessage_IsToldAndTheNextSenderGoesOn()
    {
        using var pipe = new Pair();
        using var doomed = Start(static (end, _) => end.SendBytes<byte>(new byte[Large]), pipe.Second, 0);
        pipe.First.Poll(InChild.Bound).ShouldBeTrue("a message begins");
        doomed.KillAndJoin();
        Should.Throw<IOException>(() => pipe.First.RecvBytes()).ShouldNotBeOfType<EndOfStreamException>();
        pipe.Second.Send("from another holder");
        pipe.First.Recv<string>(InChild.Bound).ShouldBe("from another holder");
    }

    [Fact]
    public void RecvAsync_SenderKilledInsideAMessage_IsTold()
    {
        using var pipe = new Pair();
        using var doomed = Start(static (end, _) => end.SendBytes<byte>(new byte[Large]), pipe.Second, 0);
        pipe.First.Poll(InChild.Bound).ShouldBeTrue("a message begins");
        doomed.KillAndJoin();
        Should.Throw<IOException>(() => pipe.First.RecvBytesAsync().AsTask().WaitAsync(InChild.Bound).GetAwaiter().GetResult())
            .ShouldNotBeOfType<EndOfStreamException>();
    }

    [Fact] // what it had begun to read is lost with it, as what any process had taken
    public unsafe void Recv_OtherReceiverKilledInsideAMessage_ReceivesTheNext()
    {
        using var pipe = new Pair(duplex: false);
        using var doomed = Start(static (end, _) => end.RecvBytes(), pipe.First, 0);
        var sender = ((PipeStream)pipe.Second.Stream).Pipe;
        var here = ((PipeStream)pipe.First.Stream).Pipe;
        PipeTurn.TryTake(&sender.Own->SendTurn).ShouldBeTrue();
        byte[] head = new byte[16];
        BitConverter.TryWriteBytes(head.AsSpan(8), 100L);
        sender.Writer.TryWrite(RecordKind.First, head, new byte[50]).ShouldBeTrue();
        sender.AnnounceData();
        Await.Until("the child has read a part", () => !here.Reader.HasUnread);
        doomed.KillAndJoin();
        sender.Writer.TryWrite(RecordKind.More, new byte[8], new byte[50]).ShouldBeTrue();
        PipeTurn.Leave(&sender.Own->SendTurn);
        pipe.Second.Send("small");
        pipe.First.Recv<string>(InChild.Bound).ShouldBe("small");
    }

    [Fact] // what lies in shared memory is not trusted
    public unsafe void Recv_OddRecords_AreErrorsOfThisConnection()
    {
        foreach (var (kind, size, body) in new[] { (RecordKind.First, 3L, 50), (RecordKind.First, -1L, 50), (RecordKind.First, long.MaxValue, 50) })
        {
            using var pipe = new Pair();
            var sender = ((PipeStream)pipe.Second.Stream).Pipe;
            byte[] head = new byte[16];
            BitConverter.TryWriteBytes(head.AsSpan(8), size);
            sender.Writer.TryWrite(kind, head, new byte[body]).ShouldBeTrue();
            Should.Throw<IOException>(() => pipe.First.RecvBytes());
            pipe.First.Readable.ShouldBeFalse();
        }
    }

    [Fact]
    public unsafe void Recv_OtherReceiverKilledAsleep_ReceivesWhatComes()
    {
        using var pipe = new Pair();
        using var doomed = Start(static (end, _) => end.Recv<int>(), pipe.Second, 0);
        var here = ((PipeStream)pipe.Second.Stream).Pipe;
        Await.Until("the child sleeps", () => Volatile.Read(ref here.Own->DataSleeps) == 1);
        doomed.KillAndJoin();
        pipe.First.Send(5);
        pipe.Second.Recv<int>(InChild.Bound).ShouldBe(5);
    }

    [Theory] // another process holds that end too, so nothing hangs up
    [InlineData(false)]
    [InlineData(true)]
    public async Task Recv_SenderKilledBetweenTheRecordAndTheBell_ReceivesIt(bool byTask)
    {
        using var pipe = new Pair(duplex: false);
        var receiving = byTask ? pipe.First.RecvBytesAsync(timeout: InChild.Bound).AsTask() : Task.Run(() => pipe.First.RecvBytes(timeout: InChild.Bound));
        Await.Until("the receiver sleeps", () => pipe.First.Sleepers() == 1);
        using var doomed = Start(static (end, _) => SendWithoutABell(end), pipe.Second, 0);
        (await receiving).ShouldBe([6]);
        doomed.Join(InChild.Bound).ShouldBeTrue("a child that kills itself ends");
    }

    [Fact] // as above
    public async Task Send_ReceiverKilledBetweenTheRoomAndTheBell_GoesOn()
    {
        using var pipe = new Pair(duplex: false);
        var sender = ((PipeStream)pipe.Second.Stream).Pipe;
        while (sender.Writer.TryWrite(RecordKind.Frame, default, new byte[1000]))
        {
        }

        var sending = Task.Run(() => pipe.Second.SendBytes<byte>(new byte[1000]));
        Await.Until("the sender sleeps", () => pipe.Second.Sleepers() == 1);
        using var doomed = Start(static (end, _) => ReadWithoutABell(end), pipe.First, 0);
        await sending.WaitAsync(InChild.Bound);
        doomed.Join(InChild.Bound).ShouldBeTrue("a child that kills itself ends");
    }

    [Fact]
    public void Send_OtherEndClosedJustNow_IsABrokenPipeAtOnce()
    {
        using var pipe = new Pair();
        pipe.Second.Close();
        Should.Throw<IOException>(() => pipe.First.Send(1)).Message.ShouldContain("Broken pipe");
    }

    [Fact] // the ring is full and the sender sleeps
    public async Task Send_OtherEndClosedMeanwhile_IsABrokenPipe()
    {
        using var pipe = new Pair();
        var blocked = Task.Run(() => pipe.First.SendBytes<byte>(new byte[Large]));
        var blockedAsync = Task.Run(() => pipe.Second.SendBytesAsync(new byte[Large]).AsTask());
        pipe.Second.Poll(InChild.Bound).ShouldBeTrue("the message begins");
        pipe.Second.Close();
        (await Should.ThrowAsync<IOException>(() => blocked.WaitAsync(InChild.Bound))).Message.ShouldContain("Broken pipe");
        await Should.ThrowAsync<IOException>(() => blockedAsync.WaitAsync(InChild.Bound));
    }

    [Fact]
    public async Task Send_OtherEndsProcessKilledMeanwhile_IsABrokenPipe()
    {
        using var pipe = new Pair();
        using var doomed = Start(static (end, _) => { end.Poll(null); Thread.CurrentThread.Join(); }, pipe.Second, 0);
        pipe.Second.Close();
        var blocked = Task.Run(() => pipe.First.SendBytes<byte>(new byte[Large]));
        Await.Until("the sender is at work", () => !blocked.IsCompleted && doomed.IsAlive);
        doomed.Kill();
        (await Should.ThrowAsync<IOException>(() => blocked.WaitAsync(InChild.Bound))).Message.ShouldContain("Broken pipe");
    }

    private static unsafe void SendWithoutABell(Connection end)
    {
        var pipe = ((PipeStream)end.Stream).Pipe;
        Await.Until("the receiver sleeps", () => Interlocked.Exchange(ref pipe.Other->DataSleeps, 0) + Interlocked.Exchange(ref pipe.Other->DataPolls, 0) > 0);
        pipe.Writer.TryWrite(RecordKind.Frame, default, [6]).ShouldBeTrue();
        Signals.Raise(Signals.Kill);
    }

    private static void ReadWithoutABell(Connection end)
    {
        var pipe = ((PipeStream)end.Stream).Pipe;
        Await.Until("the sender sleeps", pipe.Reader.TakeWriterWaits);
        pipe.Reader.TryRead(out _, out _).ShouldBeTrue();
        pipe.Reader.Release();
        Signals.Raise(Signals.Kill);
    }
}
