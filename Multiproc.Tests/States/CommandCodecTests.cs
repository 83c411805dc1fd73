using Multiproc.Managers;
using Multiproc.Objects.Barriers;
using Multiproc.Objects.Broadcasts;
using Multiproc.Objects.Caches;
using Multiproc.Objects.Conditions;
using Multiproc.Objects.Countdowns;
using Multiproc.Objects.Counters;
using Multiproc.Objects.Dictionaries;
using Multiproc.Objects.Events;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Lists;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Objects.RateLimiters;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Objects.Semaphores;
using Multiproc.Objects.Sets;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>Every command goes over the wire and comes back as it was; what no command is, is refused.</summary>
public sealed class CommandCodecTests
{
    private static readonly Payload s_some = new(new byte[] { 1, 2, 3 });

    private static readonly TimeSpan?[] s_timeouts = [null, TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1), TimeSpan.MaxValue];

    private static readonly Dictionary<string, (CommandReader Read, byte LastTag)> s_kinds = new()
    {
        ["queue"] = (static (ref WireReader reader) => QueueCommand.ReadFrom(ref reader), 15),
        ["joinable queue"] = (static (ref WireReader reader) => JoinableQueueCommand.ReadFrom(ref reader), 66),
        ["lock"] = (static (ref WireReader reader) => LockCommand.ReadFrom(ref reader), 8),
        ["semaphore"] = (static (ref WireReader reader) => SemaphoreCommand.ReadFrom(ref reader), 6),
        ["read-write lock"] = (static (ref WireReader reader) => ReadWriteCommand.ReadFrom(ref reader), 8),
        ["countdown"] = (static (ref WireReader reader) => CountdownCommand.ReadFrom(ref reader), 6),
        ["event"] = (static (ref WireReader reader) => EventCommand.ReadFrom(ref reader), 4),
        ["condition"] = (static (ref WireReader reader) => ConditionCommand.ReadFrom(ref reader), 5),
        ["barrier"] = (static (ref WireReader reader) => BarrierCommand.ReadFrom(ref reader), 6),
        ["dictionary"] = (static (ref WireReader reader) => DictionaryCommand.ReadFrom(ref reader), 12),
        ["list"] = (static (ref WireReader reader) => ListCommand.ReadFrom(ref reader), 15),
        ["manager"] = (static (ref WireReader reader) => ManagerCommand.ReadFrom(ref reader), 9),
        ["user's object"] = (static (ref WireReader reader) => CallCommand.ReadFrom(ref reader), 3),
        ["set"] = (static (ref WireReader reader) => SetCommand.ReadFrom(ref reader), 5),
        ["rate limiter"] = (static (ref WireReader reader) => RateLimiterCommand.ReadFrom(ref reader), 2),
        ["counter"] = (static (ref WireReader reader) => CounterCommand.ReadFrom(ref reader), 3),
        ["broadcast"] = (static (ref WireReader reader) => BroadcastCommand.ReadFrom(ref reader), 6),
        ["cache"] = (static (ref WireReader reader) => CacheCommand.ReadFrom(ref reader), 8),
        ["directory"] = (static (ref WireReader reader) => NameDirectory.ReadCommand(ref reader), 2),
    };

    private static readonly (string Kind, IWireCommand Command)[] s_commands =
    [
        .. s_timeouts.Select(static timeout => ("queue", (IWireCommand)new QueueCommand.Put(s_some, timeout))),
        .. s_timeouts.Select(static timeout => ("queue", (IWireCommand)new QueueCommand.Get(timeout))),
        .. s_timeouts.Select(static timeout => ("queue", (IWireCommand)new QueueCommand.GetAhead(timeout))),
        .. s_timeouts.Select(static timeout => ("queue", (IWireCommand)new QueueCommand.PutWith(s_some, timeout, new PutTerms(-7, timeout, timeout)))),
        .. s_timeouts.Select(static timeout => ("queue", (IWireCommand)new QueueCommand.Peek(timeout))),
        ("queue", new QueueCommand.Put(Payload.Empty, null)),
        ("queue", new QueueCommand.Taken(long.MaxValue)),
        ("queue", QueueCommand.Size.Instance),
        .. s_timeouts.Select(static timeout => ("queue", (IWireCommand)new QueueCommand.GetMany(100, timeout, 7))),
        ("queue", new QueueCommand.AckMany(long.MaxValue, int.MaxValue)),
        .. s_timeouts.Select(static timeout => ("queue", (IWireCommand)new QueueCommand.Lease(timeout))),
        ("queue", new QueueCommand.Abandon(5)),
        .. s_timeouts.Select(static timeout => ("queue", (IWireCommand)new QueueCommand.TakeDeadLetter(timeout))),
        ("queue", QueueCommand.CountDeadLetters.Instance),
        .. s_timeouts.Select(static timeout => ("joinable queue", (IWireCommand)new JoinableQueueCommand.Claim(timeout, 7))),
        .. s_timeouts.Select(static timeout => ("joinable queue", (IWireCommand)new JoinableQueueCommand.Join(timeout))),
        ("joinable queue", new JoinableQueueCommand.TaskDone(int.MaxValue)),
        ("joinable queue", new QueueCommand.Put(s_some, null)),
        ("joinable queue", QueueCommand.Size.Instance),
        .. s_timeouts.Select(static timeout => ("lock", (IWireCommand)new LockCommand.Acquire(7, timeout))),
        .. s_timeouts.Select(static timeout => ("lock", (IWireCommand)new LockCommand.Enter(7, timeout))),
        ("lock", new LockCommand.Leave(int.MaxValue, true)),
        ("lock", LockCommand.LeaveWholly.Instance),
        ("lock", new LockCommand.Deepen(3)),
        ("lock", LockCommand.MarkConsistent.Instance),
        ("event", EventCommand.Set.Instance),
        ("event", EventCommand.Clear.Instance),
        ("condition", ConditionCommand.TakeTicket.Instance),
        ("condition", new ConditionCommand.Notify(int.MaxValue)),
        .. s_timeouts.Select(static timeout => ("barrier", (IWireCommand)new BarrierCommand.Come(timeout))),
        ("lock", new LockCommand.Acquire(int.MaxValue, null)),
        ("lock", new LockCommand.Acquire(-1, null)),
        ("lock", LockCommand.HandOver.Instance),
        .. s_timeouts.Select(static timeout => ("semaphore", (IWireCommand)new SemaphoreCommand.Acquire(timeout))),
        .. s_timeouts.Select(static timeout => ("read-write lock", (IWireCommand)new ReadWriteCommand.Acquire(LockSide.Write, int.MaxValue, timeout))),
        .. s_timeouts.Select(static timeout => ("read-write lock", (IWireCommand)new ReadWriteCommand.Upgrade(7, timeout))),
        ("read-write lock", ReadWriteCommand.Join.Instance),
        ("read-write lock", new ReadWriteCommand.Release(LockSide.Read, 0)),
        ("read-write lock", ReadWriteCommand.ReaderLeft.Instance),
        ("read-write lock", ReadWriteCommand.Downgrade.Instance),
        ("read-write lock", ReadWriteCommand.MarkConsistent.Instance),
        ("read-write lock", ReadWriteCommand.CountHolds.Instance),
        .. s_timeouts.Select(static timeout => ("countdown", (IWireCommand)new CountdownCommand.Wait(timeout))),
        ("countdown", new CountdownCommand.Signal(1)),
        ("countdown", new CountdownCommand.Add(int.MaxValue)),
        ("countdown", new CountdownCommand.Reset(0)),
        ("countdown", CountdownCommand.Restart.Instance),
        ("countdown", CountdownCommand.Reached.Instance),
        ("lock", new LockCommand.LeaveHold(long.MaxValue)),
        ("semaphore", SemaphoreCommand.ReleaseHeld.Instance),
        ("semaphore", SemaphoreCommand.CountHolds.Instance),
        ("semaphore", SemaphoreCommand.Join.Instance),
        ("semaphore", SemaphoreCommand.Release.Instance),
        ("semaphore", SemaphoreCommand.Grant.Instance),
        .. s_timeouts.Select(static timeout => ("event", (IWireCommand)new EventCommand.Wait(timeout))),
        ("event", EventCommand.Call.Instance),
        .. s_timeouts.Select(static timeout => ("condition", (IWireCommand)new ConditionCommand.Wait(7, timeout))),
        ("condition", new ConditionCommand.Wait(long.MaxValue, null)),
        ("condition", ConditionCommand.ReadCalls.Instance),
        ("condition", new ConditionCommand.Taken(long.MaxValue)),
        .. s_timeouts.Select(static timeout => ("barrier", (IWireCommand)new BarrierCommand.Wait(timeout))),
        ("barrier", new BarrierCommand.Acted(long.MaxValue, true)),
        ("barrier", new BarrierCommand.Acted(1, false)),
        ("barrier", BarrierCommand.Reset.Instance),
        ("barrier", BarrierCommand.Abort.Instance),
        ("barrier", BarrierCommand.CountWaiting.Instance),
        ("dictionary", new DictionaryCommand.Get(s_some)),
        ("dictionary", new DictionaryCommand.Set(s_some, Payload.Empty)),
        ("dictionary", new DictionaryCommand.TryAdd(Payload.Empty, s_some)),
        ("dictionary", new DictionaryCommand.Remove(s_some)),
        ("dictionary", DictionaryCommand.Count.Instance),
        ("dictionary", DictionaryCommand.Clear.Instance),
        ("dictionary", new DictionaryCommand.CompareAndSet(s_some, -1, s_some)),
        ("dictionary", new DictionaryCommand.Page(long.MaxValue, int.MaxValue)),
        ("dictionary", DictionaryCommand.PopLast.Instance),
        ("list", new ListCommand.Get(-1)),
        ("list", new ListCommand.Set(long.MaxValue, s_some)),
        ("list", new ListCommand.Splice(-1, 0, [s_some, Payload.Empty])),
        ("list", new ListCommand.Take(long.MinValue)),
        ("list", new ListCommand.Remove(s_some)),
        ("list", new ListCommand.Find(Payload.Empty)),
        ("list", ListCommand.Count.Instance),
        ("list", ListCommand.Clear.Instance),
        ("list", ListCommand.Reverse.Instance),
        ("list", new ListCommand.Range(3, long.MaxValue)),
        ("list", new ListCommand.Replace(7, [s_some])),
        ("list", new ListCommand.CompareAndSet(0, s_some, Payload.Empty)),
        ("list", new ListCommand.Increment(0, long.MinValue)),
        ("list", new ListCommand.Slice(-3, long.MaxValue)),
        ("list", new ListCommand.SetSlice(long.MinValue, 2, [s_some, Payload.Empty])),
        ("set", new SetCommand.Combine(SetOperation.Compare, [s_some, s_some])),
        ("set", SetCommand.Count.Instance),
        ("manager", new ManagerCommand.Create(16, s_some)),
        ("manager", ManagerCommand.Shutdown.Instance),
        ("manager", new ReferenceCommand.Hold(long.MaxValue)),
        ("manager", new ReferenceCommand.Release(0)),
        ("manager", ManagerCommand.Describe.Instance),
        ("manager", new ManagerCommand.Construct("Maths", s_some)),
        ("manager", ManagerCommand.Locate.Instance),
        ("manager", ManagerCommand.Count.Instance),
        ("manager", new ManagerCommand.NamedLock("seat")),
        ("user's object", new CallCommand.Invoke("Add", s_some)),
        ("user's object", new CallCommand.Next(7, 64)),
        ("user's object", new CallCommand.Leave(7)),
        ("set", SetCommand.Clear.Instance),
        ("set", SetCommand.Pop.Instance),
        ("set", new SetCommand.Page(long.MaxValue, int.MaxValue)),
        .. s_timeouts.Select(static timeout => ("rate limiter", (IWireCommand)new RateLimiterCommand.Acquire(int.MaxValue, timeout))),
        ("rate limiter", RateLimiterCommand.Look.Instance),
        ("counter", new CounterCommand.Add(long.MinValue)),
        ("counter", CounterCommand.Read.Instance),
        ("counter", CounterCommand.Reset.Instance),
        .. s_timeouts.Select(static timeout => ("broadcast", (IWireCommand)new BroadcastCommand.Publish(s_some, timeout))),
        .. s_timeouts.Select(static timeout => ("broadcast", (IWireCommand)new BroadcastCommand.Next(long.MaxValue, 1, int.MaxValue, timeout))),
        ("broadcast", BroadcastCommand.Subscribe.Instance),
        ("broadcast", new BroadcastCommand.Unsubscribe(long.MaxValue)),
        ("broadcast", BroadcastCommand.CountReaders.Instance),
        .. s_timeouts.Select(static timeout => ("cache", (IWireCommand)new CacheCommand.GetOrClaim(s_some, timeout))),
        ("cache", new CacheCommand.Fulfil(long.MaxValue, s_some)),
        ("cache", new CacheCommand.Fail(1)),
        ("cache", new CacheCommand.TryGet(s_some)),
        ("cache", new CacheCommand.Set(s_some, Payload.Empty)),
        ("cache", new CacheCommand.Remove(s_some)),
        ("cache", CacheCommand.Clear.Instance),
        ("cache", CacheCommand.Look.Instance),
        ("directory", new NameDirectory.Find(new NamedReference("space", "name", s_some))),
        ("directory", new NameDirectory.HeldFor("space")),
    ];

    public static TheoryData<int> Commands => [.. Enumerable.Range(0, s_commands.Length)];

    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    [Theory]
    [MemberData(nameof(Commands))]
    public void ReadFrom_WhatWasWritten_GivesTheSameCommand(int index)
    {
        var (kind, command) = s_commands[index];
        byte[] written = Write(command);
        var reader = new WireReader(written);
        s_kinds[kind].Read(ref reader).ShouldBe(command);
        reader.AtEnd.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void ReadFrom_CutShortAnywhere_IsRefused(int index)
    {
        var (kind, command) = s_commands[index];
        byte[] written = Write(command);
        for (int length = 0; length < written.Length; length++)
        {
            Refuses(kind, written[..length]);
        }
    }

    /// <summary>Compared by their own tests: records of lists are equal only when the lists are the same.</summary>
    private static readonly Type[] s_ofLists =
    [
        typeof(QueueCommand.PutMany), typeof(DictionaryCommand.Increment), typeof(DictionaryCommand.IncrementOnce), typeof(DictionaryCommand.GetMany),
        typeof(DictionaryCommand.Commit), typeof(BroadcastCommand.PublishMany),
    ];

    [Fact]
    public void Commands_OfEveryType_AreTried() =>
        typeof(IWireCommand).Assembly.GetTypes()
            .Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IWireCommand)) && type != typeof(CellSnapshot))
            .Except(s_commands.Select(static each => each.Command.GetType())).Except(s_ofLists).ShouldBeEmpty();

    [Fact]
    public void Commands_BeginWithTheirTag()
    {
        foreach (var (_, command) in s_commands)
        {
            Write(command)[0].ShouldBe((byte)command.GetType().GetField("Tag")!.GetRawConstantValue()!, command.ToString());
        }
    }

    [Fact]
    public void ReadFrom_Increment_GivesTheSameKeysAndNumbers()
    {
        var written = new DictionaryCommand.Increment([(s_some, 5), (Payload.Empty, long.MinValue), (s_some, -1)]);
        byte[] bytes = Write(written);
        var reader = new WireReader(bytes);
        var read = DictionaryCommand.ReadFrom(ref reader).ShouldBeOfType<DictionaryCommand.Increment>();
        read.Items.ShouldBe(written.Items);
        reader.AtEnd.ShouldBeTrue();
        Array.Clear(bytes);
        read.Items.ShouldBe(written.Items, "the frame is overwritten after the command was read");
        Refuses("dictionary", Write(written)[..^1]);
        var once = new DictionaryCommand.IncrementOnce(s_some, written);
        reader = new WireReader(Write(once));
        var readOnce = DictionaryCommand.ReadFrom(ref reader).ShouldBeOfType<DictionaryCommand.IncrementOnce>();
        (readOnce.Mark, reader.AtEnd).ShouldBe((s_some, true));
        readOnce.Amounts.Items.ShouldBe(written.Items);
    }

    [Theory]
    [InlineData("queue", QueueCommand.PutMany.Tag)]
    [InlineData("broadcast", BroadcastCommand.PublishMany.Tag)]
    public void ReadFrom_ManyItems_GivesTheSameItems(string kind, byte tag)
    {
        Payload[] items = [s_some, Payload.Empty, s_some];
        WaitTimeout timeout = TimeSpan.FromSeconds(1);
        IWireCommand written = kind == "queue" ? new QueueCommand.PutMany(items, timeout) : new BroadcastCommand.PublishMany(items, timeout);
        byte[] bytes = Write(written);
        var reader = new WireReader(bytes);
        var read = s_kinds[kind].Read(ref reader);
        reader.AtEnd.ShouldBeTrue();
        Array.Clear(bytes);
        (Payload[] Items, WaitTimeout Timeout) found = read switch
        {
            QueueCommand.PutMany put => (put.Items, put.Timeout),
            BroadcastCommand.PublishMany publish => (publish.Items, publish.Timeout),
            _ => throw new InvalidOperationException($"{read} came back"),
        };
        found.Items.ShouldBe(items, "the frame is overwritten after the command was read");
        found.Timeout.ShouldBe(timeout);
        Refuses(kind, Write(written)[..^1]);
        Refuses(kind, [tag, 0, 0xFF, 0xFF, 0x03, 0]);
    }

    [Fact]
    public void ReadFrom_ManyOrCommit_GivesTheSameKeysAndValues()
    {
        var many = new DictionaryCommand.GetMany([s_some, Payload.Empty]);
        var reader = new WireReader(Write(many));
        DictionaryCommand.ReadFrom(ref reader).ShouldBeOfType<DictionaryCommand.GetMany>().Keys.ShouldBe(many.Keys);
        var commit = new DictionaryCommand.Commit([(s_some, -1), (Payload.Empty, 7)], [(s_some, null), (s_some, Payload.Empty), (Payload.Empty, s_some)]);
        reader = new WireReader(Write(commit));
        var read = DictionaryCommand.ReadFrom(ref reader).ShouldBeOfType<DictionaryCommand.Commit>();
        read.Reads.ShouldBe(commit.Reads);
        read.Writes.ShouldBe(commit.Writes);
        for (int length = 0; length < Write(commit).Length; length++)
        {
            Refuses("dictionary", Write(commit)[..length]);
        }

        Refuses("set", [1, 9, 0]).ShouldContain("9");
    }

    [Fact]
    public void ReadFrom_FrameOverwrittenAfterwards_KeepsTheValues()
    {
        byte[] frame = Write(new QueueCommand.Put(s_some, null));
        var reader = new WireReader(frame);
        var put = QueueCommand.ReadFrom(ref reader).ShouldBeOfType<QueueCommand.Put>();
        Array.Clear(frame);
        put.Item.ShouldBe(s_some);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ReadFrom_UnknownTag_IsRefusedByName(string kind)
    {
        foreach (byte tag in new byte[] { 0, (byte)(s_kinds[kind].LastTag + 1), 255 })
        {
            Refuses(kind, [tag, 0, 0, 0, 0]).ShouldContain(kind);
        }
    }

    [Fact]
    public void ReadFrom_DeadLetterOfAnEarlierBuild_DoesNotWait()
    {
        var reader = new WireReader([10]);
        QueueCommand.ReadFrom(ref reader).ShouldBe(new QueueCommand.TakeDeadLetter(TimeSpan.Zero));
    }

    [Fact]
    public void ReadFrom_NumbersBeyondThoseOfObjects_AreRefused()
    {
        using var writer = new WireWriter();
        writer.Byte(ReferenceCommand.Hold.Tag);
        writer.VarUInt(ulong.MaxValue);
        Refuses("manager", writer.ToArray());
        writer.Reset();
        writer.Byte(2);
        writer.VarUInt(1);
        writer.VarUInt(int.MaxValue);
        var reader = new WireReader(writer.ToArray());
        CallCommand.ReadFrom(ref reader).ShouldBeOfType<CallCommand.Next>().Max.ShouldBeLessThan(10_000, "nobody can make an object hold so much");
    }

    [Fact]
    public void ReadFrom_MoreAnnouncedThanThere_IsRefused()
    {
        Refuses("queue", [1, 0, 100, 1]);
        Refuses("dictionary", [9, 0xFF, 0xFF, 0x03, 0]);
        Refuses("dictionary", [9, 2, 0, 0]);
    }

    [Fact]
    public void ReadFrom_TimeoutBeyondTimeSpan_IsRefused()
    {
        using var writer = new WireWriter();
        writer.Byte(2);
        writer.VarUInt((ulong)long.MaxValue + 2);
        Refuses("queue", writer.ToArray());
    }

    [Fact]
    public void ReadFrom_ThreadOfMoreThan32Bits_IsRefused()
    {
        using var writer = new WireWriter();
        writer.Byte(1);
        writer.VarUInt((ulong)uint.MaxValue + 1);
        writer.Timeout(null);
        Refuses("lock", writer.ToArray());
    }

    [Theory]
    [InlineData(-1L, 1)]
    [InlineData(0L, 1)]
    [InlineData(1L, 2)]
    [InlineData(-TimeSpan.TicksPerMillisecond, 0)]
    [InlineData(-2 * TimeSpan.TicksPerMillisecond, 1)]
    [InlineData(-TimeSpan.TicksPerSecond, 1)]
    [InlineData(long.MinValue, 1)]
    [InlineData(long.MaxValue, 0)]
    public void Timeout_TravelsByTheRule(long ticks, long onTheWire)
    {
        using var expected = new WireWriter();
        expected.Byte(2);
        expected.VarUInt((ulong)onTheWire);
        Write(new QueueCommand.Get(TimeSpan.FromTicks(ticks))).ShouldBe(expected.ToArray());
    }

    [Fact]
    public void ReadFrom_Answer_GivesTheSameAnswer()
    {
        foreach (var reply in new[]
            {
                Reply.Done, Reply.TimedOut, Reply.Cancelled, Reply.ObjectGone, Reply.Of(-1), Reply.Of(s_some, 3), Reply.Refused("why"),
                new Reply(ReplyStatus.TooLarge), Reply.Lost("gone"), Reply.OutcomeUnknown("perhaps"),
            })
        {
            using var writer = new WireWriter();
            reply.WriteTo(writer);
            var reader = new WireReader(writer.Written);
            Reply.ReadFrom(ref reader).ShouldBe(reply);
            reader.AtEnd.ShouldBeTrue();
        }

        Should.Throw<SerializationException>(static () =>
        {
            byte unknown = (byte)Enum.GetValues<ReplyStatus>().Length;
            var reader = new WireReader([unknown, 0, 0, 0]);
            Reply.ReadFrom(ref reader);
        });
    }

    private static byte[] Write(IWireCommand command)
    {
        using var writer = new WireWriter();
        command.WriteTo(writer);
        return writer.ToArray();
    }

    private static string Refuses(string kind, byte[] bytes) => Should.Throw<SerializationException>(() =>
    {
        var reader = new WireReader(bytes);
        s_kinds[kind].Read(ref reader);
    }).Message;
}
