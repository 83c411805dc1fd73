using Multiproc.Tests.Support;

namespace Multiproc.Tests.Connections;

/// <summary>Area C: ends of pipes in other processes.</summary>
public sealed class PipeProcessTests
{
    [Fact] // C-01, C-02, C-14
    public void Pipe_ChildEchoes_UntilTheEnd()
    {
        using var pipe = new Pair();
        using var child = Start(Echo, pipe.Second);
        pipe.Second.Close();
        foreach (object each in new object[] { "seven", 7, 7.0, new List<string> { "x" } })
        {
            pipe.First.Send(each);
            pipe.First.Recv<object>(InChild.Bound).ShouldBe(each);
        }

        pipe.First.Close();
        child.Join(InChild.Bound).ShouldBeTrue("the child sees the end of the stream");
        child.ExitCode.ShouldBe(0);
    }

    [Fact] // C-18
    public void Start_ParentClosesTheChildsEndAtOnce_ChildHasItStill()
    {
        using var pipe = new Pair(duplex: false);
        using var child = Start(static end => end.SendBytes("hello"u8), pipe.Second);
        pipe.Second.Close();
        pipe.First.RecvBytes(timeout: InChild.Bound).ShouldBe("hello"u8.ToArray());
        Should.Throw<EndOfStreamException>(() => pipe.First.RecvBytes(timeout: InChild.Bound));
    }

    [Fact]
    public void Send_ParentsOwnEndStaysOpen()
    {
        using var pipe = new Pair();
        using var child = Start(static end => end.Send("from the child"), pipe.Second);
        child.Join(InChild.Bound).ShouldBeTrue("the child ends");
        pipe.Second.Send("from the parent");
        pipe.First.Recv<string>(InChild.Bound).ShouldBe("from the child");
        pipe.First.Recv<string>(InChild.Bound).ShouldBe("from the parent");
    }

    [Fact] // C-14: the table of deaths
    public void Recv_PeerKilled_IsEndOfStreamAtOnce()
    {
        using var pipe = new Pair();
        using var doomed = Start(static end =>
        {
            end.Send("ready");
            end.Recv<int>();
        }, pipe.Second);
        pipe.Second.Close();
        pipe.First.Recv<string>(InChild.Bound).ShouldBe("ready");
        var blocked = Task.Factory.StartNew(() => pipe.First.Recv<int>(), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var blockedAsync = pipe.First.PollAsync().AsTask();
        doomed.Kill();
        Should.Throw<EndOfStreamException>(() => blocked.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
        blockedAsync.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBeTrue();
        Should.Throw<IOException>(() => pipe.First.Send(1)).Message.ShouldContain("Broken pipe");
    }

    [Fact] // the table of deaths: the end was sent, but never taken out
    public void Recv_ChildKilledBeforeItTookItsEnd_IsEndOfStream()
    {
        using var pipe = new Pair();
        using var doomed = Start(static end => end.Recv<int>(), pipe.Second);
        doomed.Kill();
        pipe.Second.Close();
        Should.Throw<EndOfStreamException>(() => pipe.First.Recv<int>(InChild.Bound));
    }

    [Fact] // C-15
    public void RecvBytes_PeerKilledInsideAMessage_IsAnIOExceptionButNoEndOfStream()
    {
        using var pipe = new Pair();
        using var doomed = Start(static end => end.SendBytes<byte>(new byte[100 * 1024 * 1024]), pipe.Second);
        pipe.Second.Close();
        pipe.First.Poll(InChild.Bound).ShouldBeTrue("a message begins");
        doomed.KillAndJoin();
        Should.Throw<IOException>(() => pipe.First.RecvBytes()).ShouldNotBeOfType<EndOfStreamException>();
    }

    [Fact] // C-10
    public void Poll_InAnotherProcess_TakesNothing()
    {
        using var pipe = new Pair(duplex: false);
        pipe.Second.Send("first");
        pipe.Second.Send("second");
        InChild.Run(() => pipe.First.Poll(InChild.Bound).ShouldBeTrue());
        pipe.First.Recv<string>().ShouldBe("first");
        pipe.First.Recv<string>().ShouldBe("second");
    }

    [Fact] // nothing is read ahead: readers that share an end and a lock get whole messages, each once
    public void Recv_SharedEndUnderALock_EveryMessageOnce()
    {
        const int Count = 200;
        using var pipe = new Pair(duplex: false);
        using var gate = Mp.Lock();
        using var got = Mp.Queue<int>();
        ChildProcess[] readers = [StartReader(pipe.First, gate, got), StartReader(pipe.First, gate, got)];
        pipe.First.Close();
        for (int i = 0; i < Count; i++)
        {
            pipe.Second.Send(i);
        }

        pipe.Second.Close();
        foreach (var reader in readers)
        {
            reader.Join(InChild.Bound).ShouldBeTrue("a reader sees the end");
            reader.ExitCode.ShouldBe(0);
        }

        var all = Enumerable.Range(0, Count).Select(_ => got.Get(InChild.Bound)).Order();
        all.ShouldBe(Enumerable.Range(0, Count));
    }

    [Fact] // C-26
    public void Send_ConnectionOverAConnection_ReceiverUsesIt()
    {
        using var road = new Pair();
        using var cargo = new Pair();
        using var child = Start(static end =>
        {
            using var received = end.Recv<Connection>();
            received.Send("over the received pipe");
        }, road.Second);
        road.First.Send(cargo.Second);
        cargo.Second.Close();
        cargo.First.Recv<string>(InChild.Bound).ShouldBe("over the received pipe");
        Should.Throw<EndOfStreamException>(() => cargo.First.Recv<string>(InChild.Bound));
    }

    [Fact] // C-26
    public void Send_OneWayEndThroughAQueueAndBack_KeepsItsDirection()
    {
        using var pipe = new Pair(duplex: false);
        using var queue = Mp.Queue<Connection>();
        queue.Put(pipe.First);
        pipe.First.Close();
        using var back = queue.Get(InChild.Bound);
        (back.Readable, back.Writable).ShouldBe((true, false));
        pipe.Second.Send(5);
        back.Recv<int>(InChild.Bound).ShouldBe(5);
    }

    [Fact] // C-26: on from the receiver to a third process
    public void Send_ReceivedConnectionOn_WorksWhileBothSendersLive()
    {
        using var pipe = new Pair();
        InChild.Run(() => InChild.Run(() => pipe.Second.Send("from the grandchild")));
        pipe.First.Recv<string>(InChild.Bound).ShouldBe("from the grandchild");
    }

    [Fact]
    public void Send_ToAPool_WorkersUseTheirEnds()
    {
        using var pipe = new Pair();
        using var pool = Mp.Pool(2);
        var ends = new[] { pipe.Second, pipe.Second, pipe.Second };
        pool.Map(static end => { end.Send(Environment.ProcessId); return 0; }, ends);
        for (int i = 0; i < ends.Length; i++)
        {
            pipe.First.Recv<int>(InChild.Bound).ShouldNotBe(Environment.ProcessId);
        }
    }

    [Fact] // a duplicate that nobody will fetch would keep the other end waiting for ever
    public void Start_Fails_KeepsNoDescriptor()
    {
        using var pipe = new Pair();
        var process = Mp.Process(static (Connection _, object _) => { }, pipe.Second, (object)Stream.Null);
        Should.Throw<SerializationException>(process.Start);
        pipe.Second.Close();
        Should.Throw<EndOfStreamException>(() => pipe.First.Recv<int>(InChild.Bound));
    }

    [Fact]
    public void Send_Fails_KeepsNoDescriptor()
    {
        using var road = new Pair();
        using var cargo = new Pair();
        Should.Throw<SerializationException>(() => road.First.Send(new object[] { cargo.Second, Stream.Null }));
        road.Second.Close();
        Should.Throw<IOException>(() => road.First.Send(cargo.Second));
        Should.Throw<IOException>(() => road.First.SendAsync(cargo.Second).AsTask().GetAwaiter().GetResult());
        cargo.Second.Close();
        Should.Throw<EndOfStreamException>(() => cargo.First.Recv<int>(InChild.Bound));
    }

    [Fact]
    public void Handover_FetchedAndClosedThere_SenderKeepsNothing()
    {
        using var pipe = new Pair();
        using var child = Start(static end =>
        {
            end.Recv<int>();
            end.Close();
            Thread.CurrentThread.Join();
        }, pipe.Second);
        pipe.Second.Close();
        pipe.First.Send(1);
        Should.Throw<EndOfStreamException>(() => pipe.First.Recv<int>(InChild.Bound));
        child.IsAlive.ShouldBeTrue();
    }

    [Fact]
    public void Handover_SenderEndedBeforeItWasFetched_IsSaidAtTheFirstUse()
    {
        using var queue = Mp.Queue<Connection>();
        InChild.Run(() => queue.Put(Mp.Pipe().First));
        using var orphan = queue.Get(InChild.Bound);
        Should.Throw<ConnectionLostException>(() => orphan.Recv<int>());
        Should.Throw<ConnectionLostException>(() => orphan.Send(1));
    }

    [Fact]
    public void Handover_TakenOutTwice_OnlyTheFirstHasIt()
    {
        using var manager = Mp.Manager();
        var shelf = manager.Dictionary<string, Connection>();
        using var pipe = new Pair();
        shelf["end"] = pipe.Second;
        using var first = shelf["end"];
        using var second = shelf["end"];
        first.Send("mine");
        pipe.First.Recv<string>(InChild.Bound).ShouldBe("mine");
        Should.Throw<ConnectionLostException>(() => second.Send("mine too")).Message.ShouldContain("once");
        second.Close();
        Should.Throw<IOException>(() => second.Send("closed"));
    }

    /// <summary>The end is an argument: a closure would take both ends along, and the child would never see the end of its own stream.</summary>
    private static ChildProcess Start(Action<Connection> target, Connection end)
    {
        var process = Mp.Process(target, end);
        process.Start();
        return process;
    }

    private static ChildProcess StartReader(Connection end, SharedLock gate, SharedQueue<int> got)
    {
        var process = Mp.Process(Take, end, gate, got);
        process.Start();
        return process;
    }

    private static void Echo(Connection pipe)
    {
        try
        {
            while (true)
            {
                pipe.Send(pipe.Recv<object>());
            }
        }
        catch (EndOfStreamException)
        {
            pipe.Close();
        }
    }

    private static void Take(Connection end, SharedLock gate, SharedQueue<int> got)
    {
        try
        {
            while (true)
            {
                using var held = gate.Hold();
                got.Put(end.Recv<int>());
            }
        }
        catch (EndOfStreamException)
        {
            end.Close();
        }
    }
}
