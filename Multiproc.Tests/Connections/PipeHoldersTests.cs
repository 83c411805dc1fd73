using Multiproc.Connections.Pipes;
using Multiproc.TestKit;
using Multiproc.Tests.Support;
using Multiproc.Transport.Rings;

namespace Multiproc.Tests.Connections;

/// <summary>Several processes that hold the same end of a pipe, without a lock, and what becomes of it when one of them dies.</summary>
public sealed class PipeHoldersTests
{
    private const int Large = 24 * 1024 * 1024;

    [Fact] // Python mixes the parts of such messages
    public void Send_ThreeProcessesAtOneEnd_EveryMessageWhole()
    {
        const int Each = 40;
        using var pipe = new Pair(duplex: false);
        ChildProcess[] senders = [.. Enumerable.Range(1, 3).Select(number => Start(SendMany, pipe.Second, number))];
        pipe.Second.Close();
        var seen = new int[senders.Length + 1];
        for (int i = 0; i < Each * senders.Length; i++)
        {
            byte[] message = pipe.First.RecvBytes(timeout: InChild.Bound);
            message.AsSpan().IndexOfAnyExcept(message[0]).ShouldBe(-1, "a message of one sender only");
            message.Length.ShouldBe(Size(seen[message[0]]++));
        }

        Should.Throw<EndOfStreamException>(() => pipe.First.RecvBytes(timeout: InChild.Bound));
        seen.ShouldBe([0, Each, Each, Each]);
        ShouldEnd(senders);
    }

    [Fact]
    public void Recv_TwoProcessesAtOneEnd_EveryMessageOnceAndWhole()
    {
        const int Count = 120;
        using var pipe = new Pair(duplex: false);
        using var answers = new Pair(duplex: false);
        ChildProcess[] receivers = [Start(Forward, pipe.First, answers.Second), Start(Forward, pipe.First, answers.Second)];
        pipe.First.Close();
        answers.Second.Close();
        for (int i = 0; i < Count; i++)
        {
            byte[] message = new byte[Size(i)];
            message.AsSpan().Fill((byte)i);
            pipe.Second.SendBytes<byte>(message);
        }

        pipe.Second.Close();
        var got = Enumerable.Range(0, Count).Select(_ => answers.First.Recv<(byte, int)>(InChild.Bound)).Order();
        got.ShouldBe(Enumerable.Range(0, Count).Select(static i => ((byte)i, Size(i))).Order());
        ShouldEnd(receivers);
    }

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
    public void Recv_OtherReceiverKilledAsleep_ReceivesWhatComes()
    {
        using var pipe = new Pair();
        using var news = new Pair(duplex: false);
        using var doomed = Start(static (end, news) => { news.Send("ready"); end.Recv<int>(); }, pipe.Second, news.Second);
        news.First.Recv<string>(InChild.Bound).ShouldBe("ready");
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
        using var doomed = Start(static (end, _) => ReadWithoutABell(end), pipe.First, 0);
        await sending.WaitAsync(InChild.Bound);
        doomed.Join(InChild.Bound).ShouldBeTrue("a child that kills itself ends");
    }

    [Fact] // C-10: who polls takes nothing, also when several processes wait for the same socket
    public void Wait_InTwoProcessesAtOneEnd_BothSeeTheMessage()
    {
        using var pipe = new Pair();
        using var news = new Pair(duplex: false);
        ChildProcess[] waiting = [Start(SeeOne, pipe.Second, news.Second), Start(SeeOne, pipe.Second, news.Second)];
        news.First.Recv<string>(InChild.Bound).ShouldBe("ready");
        news.First.Recv<string>(InChild.Bound).ShouldBe("ready");
        pipe.First.Send(7);
        news.First.Recv<string>(InChild.Bound).ShouldBe("seen");
        news.First.Recv<string>(InChild.Bound).ShouldBe("seen");
        pipe.Second.Recv<int>(TimeSpan.Zero).ShouldBe(7);
        ShouldEnd(waiting);
    }

    [Fact]
    public async Task WaitAsync_ManyWaitersOfOneProcess_AllSeeTheMessage()
    {
        using var pipe = new Pair();
        var waiting = Enumerable.Range(0, 8).Select(number => number % 2 == 0
            ? Task.Run(() => Connection.Wait([pipe.First], InChild.Bound).Count > 0)
            : pipe.First.PollAsync(InChild.Bound).AsTask()).ToArray();
        Await.Until("all eight sleep", () => pipe.First.Sleepers() == 8);
        pipe.Second.Send(1);
        (await Task.WhenAll(waiting).WaitAsync(InChild.Bound)).ShouldAllBe(static seen => seen);
        pipe.First.Recv<int>(TimeSpan.Zero).ShouldBe(1);
        (await pipe.First.PollAsync(TimeSpan.FromMilliseconds(5))).ShouldBeFalse("the bells of before are silent");
    }

    [Fact] // many turns of the ring and of the bulk area, with sizes at their borders
    public async Task SendBytes_EverySizeAroundTheBorders_ArrivesAsItIs()
    {
        using var pipe = new Pair();
        int[] borders = [0, 1, 7, 8, 32 * 1024 - 8, 32 * 1024, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 4 * 1024 * 1024, 5 * 1024 * 1024];
        int[] sizes = [.. borders, .. borders.Reverse(), .. borders.Where(static size => size < 64 * 1024).SelectMany(static size => Enumerable.Repeat(size, 20))];
        var sending = Task.Run(() =>
        {
            for (int i = 0; i < sizes.Length; i++)
            {
                pipe.First.SendBytes<byte>(Message(sizes[i], i));
            }
        });
        for (int i = 0; i < sizes.Length; i++)
        {
            byte[] received = i % 2 == 0 ? pipe.Second.RecvBytes(timeout: InChild.Bound) : await pipe.Second.RecvBytesAsync(timeout: InChild.Bound);
            received.AsSpan().SequenceEqual(Message(sizes[i], i)).ShouldBeTrue($"message {i} of {sizes[i]} bytes");
        }

        await sending.WaitAsync(InChild.Bound);
    }

    [Fact] // C-13: the size is announced in eight bytes, and refused before anything is allocated
    public async Task RecvBytes_MoreThanAnArrayHolds_IsRefused()
    {
        using var pipe = new Pair();
        var sending = Task.Run(() => SendHuge(pipe.First));
        Should.Throw<IOException>(() => pipe.Second.RecvBytes()).Message.ShouldContain("2147483656");
        pipe.Second.Close();
        await Should.ThrowAsync<IOException>(() => sending.WaitAsync(InChild.Bound));
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

    private static unsafe void SendHuge(Connection connection)
    {
        // Pages that are only read take no memory.
        const int Elements = (1 << 28) + 1;
        void* memory = System.Runtime.InteropServices.NativeMemory.AllocZeroed(Elements, sizeof(long));
        try
        {
            connection.SendBytes(new ReadOnlySpan<long>(memory, Elements));
        }
        finally
        {
            System.Runtime.InteropServices.NativeMemory.Free(memory);
        }
    }

    private static byte[] Message(int size, int seed)
    {
        byte[] message = new byte[size];
        new Random(seed).NextBytes(message);
        return message;
    }

    /// <summary>Now and then a message that goes in parts.</summary>
    private static int Size(int i) => i % 20 == 19 ? 3_000_001 : 1 + (i * 977 % 40_000);

    private static void SendMany(Connection end, int number)
    {
        for (int i = 0; i < 40; i++)
        {
            byte[] message = new byte[Size(i)];
            message.AsSpan().Fill((byte)number);
            end.SendBytes<byte>(message);
        }
    }

    private static void Forward(Connection from, Connection to)
    {
        try
        {
            while (true)
            {
                byte[] message = from.RecvBytes();
                bool whole = message.AsSpan().IndexOfAnyExcept(message[0]) < 0;
                to.Send((message[0], whole ? message.Length : -1));
            }
        }
        catch (EndOfStreamException)
        {
            to.Close();
        }
    }

    private static void SeeOne(Connection end, Connection news)
    {
        news.Send("ready");
        Connection.Wait([end]).Count.ShouldBe(1);
        news.Send("seen");
    }

    private static ChildProcess Start<T>(Action<Connection, T> target, Connection end, T argument)
    {
        var process = Mp.Process(target, end, argument);
        process.Start();
        return process;
    }

    private static void ShouldEnd(params ChildProcess[] children)
    {
        foreach (var child in children)
        {
            child.Join(InChild.Bound).ShouldBeTrue("a child ends");
            child.ExitCode.ShouldBe(0);
            child.Dispose();
        }
    }
}
