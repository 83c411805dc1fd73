using Multiproc.Cluster.Entities;
using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Sessions;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Entities;

/// <summary>Beginnings and ends of objects at their owner, one event after the other.</summary>
public sealed class EntityEndsTests : IDisposable
{
    private static readonly ObjectSpec s_spec = new("name", DictionaryType.Instance.Tag, "Dictionary", default);
    private static readonly SessionId s_session = new("node", 1);
    private static readonly Instant s_now = new(1000);

    private readonly EntityCore _core = new();
    private readonly EntityEffects _effects = new();

    public void Dispose() => _core.Dispose();

    /// <summary>What was before an end is deleted from journals some time later.</summary>
    [Fact]
    public void Owner_WithNothingButAnEnd_GoesOnWithTheNextNumber()
    {
        _core.Replay(new JournalRecord.Ended(s_now, 3, EndReason.Deleted), 41);
        Begin();
        Receive(new ToEntity.Open(s_session, 1, s_spec)).ShouldBe([]);
        _effects.Confirm.ShouldBeTrue();
        Confirmed(41).ShouldBe([new ToGateway.Opened(s_session, Reply.ObjectGone with { Number = 3 })]);
        Receive(new ToEntity.Open(s_session, 4, s_spec));
        _effects.Append.ShouldBe([new JournalRecord.Created(_effects.Append![0].At, s_spec)]);
        Appended().ShouldBe([new ToGateway.Opened(s_session, Reply.Of(4))]);
        _core.Sequence.ShouldBe(42);
    }

    [Fact]
    public void Owner_OfWhatAnotherHadInMemory_SaysThatItIsLost()
    {
        _core.Replay(new JournalRecord.TakenOver(s_now, 2, s_spec with { Durability = Durability.Memory }), 10);
        Begin();
        _effects.Append.ShouldBe([new JournalRecord.Ended(_effects.Append![0].At, 2, EndReason.Lost)]);
        Receive(Step(incarnation: 2)).ShouldBe([]);
        Appended().ShouldBe([]);
        _effects.Forget.ShouldBe(10);
        Receive(Step(incarnation: 2)).ShouldBe([new ToGateway.Gone(s_session, 0, EndReason.Lost)]);
        Receive(Step(incarnation: 1)).ShouldBe([new ToGateway.Gone(s_session, 0, EndReason.Unknown)]);
    }

    [Fact]
    public void Owner_InMemory_WritesNothingUntilItHandsOver()
    {
        Begin();
        Receive(new ToEntity.Open(s_session, 1, s_spec with { Durability = Durability.Memory }));
        Appended();
        var replies = Receive(Step(incarnation: 1));
        _effects.Append.ShouldBeNull();
        _effects.Confirm.ShouldBeFalse();
        replies.ShouldContain(static each => each is ToGateway.Replied && ((ToGateway.Replied)each).Reply.Number == 1);
        _effects.Clear();
        _core.HandOver(s_now, _effects);
        var handed = _effects.Append.ShouldHaveSingleItem().ShouldBeOfType<JournalRecord.HandedOver>();
        Receive(Step(incarnation: 1, number: 2)).ShouldBe([], "it serves nothing any more");
        Appended();
        _effects.IsStopped.ShouldBeTrue();

        using var next = new EntityCore();
        next.Replay(new JournalRecord.Created(s_now, s_spec with { Durability = Durability.Memory }), 1);
        next.Replay(handed, 2);
        var effects = new EntityEffects();
        next.Begin([s_session.Node], new HashSet<string>(), s_now, effects);
        effects.Append.ShouldHaveSingleItem().ShouldBeOfType<JournalRecord.TakenOver>();
        effects.Clear();
        next.Appended(s_now, effects);
        next.Receive(Step(incarnation: 1, number: 1), s_now, effects);
        next.Receive(Step(incarnation: 1, number: 2), s_now, effects);
        effects.Sends.OfType<ToGateway.Replied>().Select(static each => (each.Number, each.Reply.Number)).ShouldBe([(1L, 1L), (2L, 2L)]);
    }

    /// <summary>A journal that cannot be reached must not cost what is in memory.</summary>
    [Fact]
    public void Owner_InMemoryWithoutItsJournal_GoesOn()
    {
        var spec = s_spec with { Durability = Durability.Memory };
        Begin();
        Receive(new ToEntity.Open(s_session, 1, spec));
        Appended();
        Receive(new ToEntity.Open(new SessionId("node", 2), 1, spec)).ShouldBeEmpty();
        _effects.Confirm.ShouldBeTrue();
        Receive(Step(incarnation: 1)).ShouldContain(static each => each is ToGateway.Replied, "a call needs no journal, also while that is asked");
        Told(() => _core.NotConfirmed(s_now, _effects)).ShouldBeEmpty();
        Receive(Step(incarnation: 1, number: 2)).OfType<ToGateway.Replied>().ShouldHaveSingleItem().Reply.Number.ShouldBe(2);
        Receive(new ToEntity.Open(new SessionId("node", 2), 1, spec));
        Confirmed(1).ShouldBe([new ToGateway.Opened(new SessionId("node", 2), Reply.Of(1))]);
    }

    [Fact]
    public void Lock_AfterOneThatWasLost_IsAbandonedAndHasHigherFences()
    {
        var spec = new ObjectSpec("lock", Multiproc.Objects.Locks.LockType.Instance.Tag, "Lock", default, Durability.Memory);
        _core.Replay(new JournalRecord.Created(s_now, spec), 1);
        Begin();
        Appended();
        Receive(new ToEntity.Open(s_session, 2, spec));
        Appended();
        using var writer = new WireWriter();
        CellSnapshot.Question.WriteTo(writer);
        var cell = Receive(new ToEntity.Query(s_session, 2, 1, 0, new SessionStep(StepKind.Command, 1, 1, writer.ToArray())))
            .ShouldHaveSingleItem().ShouldBeOfType<ToGateway.Answered>().Reply.Value.Bytes.ToArray();
        (BitConverter.ToInt64(cell) & 2).ShouldBe(2, "the mark of a lock whose holder may have died");
        BitConverter.ToInt64(cell, 8).ShouldBe(1L << 40);
    }

    [Fact]
    public void Object_ThatIsWaitedFor_DoesNotExpire()
    {
        var spec = new ObjectSpec("event", Multiproc.Objects.Events.EventType.Instance.Tag, "Event", default, ExpireAfter: 100);
        Begin();
        Receive(new ToEntity.Open(s_session, 1, spec));
        Appended();
        using var writer = new WireWriter();
        new Multiproc.Objects.Events.EventCommand.Wait(WaitTimeout.Infinite).WriteTo(writer);
        Receive(new ToEntity.Submit(s_session, 1, 1, 1, new SessionStep(StepKind.Command, 1, 1, writer.ToArray())));
        Appended();
        _core.CheckUse(new Instant(s_now.Ticks + 1000), _effects);
        _effects.Append.ShouldBeNull();
        Receive(new ToEntity.Submit(s_session, 1, 2, 2, new SessionStep(StepKind.Cancel, 1, 1, default)));
        Appended();
        _core.CheckUse(new Instant(s_now.Ticks + 99), _effects);
        _effects.Append.ShouldBeNull();
        _core.CheckUse(new Instant(s_now.Ticks + 100), _effects);
        _effects.Append.ShouldHaveSingleItem().ShouldBeOfType<JournalRecord.Ended>().Reason.ShouldBe(EndReason.Expired);
    }

    [Fact]
    public void Messages_OfAllKinds_AreReadAsTheyWereWritten()
    {
        var spec = s_spec with { Durability = Durability.Memory, ExpireAfter = 7, Options = new Payload(new byte[] { 1, 2 }) };
        ToEntity[] sent =
        [
            new ToEntity.Open(s_session, 3, spec), Step(3), new ToEntity.Query(s_session, 3, 4, 5, default), new ToEntity.Probe(s_session, 3, 9, [1, 2]),
            new ToEntity.Look(s_session), new ToEntity.Delete(s_session, 3),
        ];
        ToGateway[] answers =
        [
            new ToGateway.Opened(s_session, Reply.Of(3)), new ToGateway.Replied(s_session, 1, Reply.Done), new ToGateway.Answered(s_session, 1, Reply.Done),
            new ToGateway.Progress(s_session, 4), new ToGateway.Ended(s_session), new ToGateway.Gone(s_session, 4, EndReason.Lost),
            new ToGateway.Seen(s_session, 3, spec), new ToGateway.Seen(s_session, 3, null), new ToGateway.Deleted(s_session),
        ];
        JournalRecord[] records =
        [
            new JournalRecord.Created(s_now, spec), new JournalRecord.NodeGone(s_now, "node"), new JournalRecord.DeadlinePassed(s_now),
            new JournalRecord.Ended(s_now, 3, EndReason.Expired), new JournalRecord.HandedOver(s_now, new byte[] { 1 }),
            new JournalRecord.TakenOver(s_now, 3, spec),
        ];
        Bytes(sent, static (to, each) => to.Write(each)).ShouldBe(
            Bytes(sent, static (to, each) => to.Write(Again(each, static (ref WireReader from) => from.ReadToEntity(), static (w, m) => w.Write(m)))));
        Bytes(answers, static (to, each) => to.Write(each)).ShouldBe(
            Bytes(answers, static (to, each) => to.Write(Again(each, static (ref WireReader from) => from.ReadToGateway(), static (w, m) => w.Write(m)))));
        Bytes(records, static (to, each) => to.Write(each)).ShouldBe(
            Bytes(records, static (to, each) => to.Write(Again(each, static (ref WireReader from) => from.ReadRecord(), static (w, m) => w.Write(m)))));
        Again(answers[6], static (ref WireReader from) => from.ReadToGateway(), static (w, m) => w.Write(m)).ShouldBe(answers[6]);
        Again(sent[5], static (ref WireReader from) => from.ReadToEntity(), static (w, m) => w.Write(m)).ShouldBe(sent[5]);
    }

    private static T Again<T>(T message, DurableFields.Read<T> read, Action<WireWriter, T> write)
    {
        using var writer = new WireWriter();
        write(writer, message);
        var reader = new WireReader(writer.ToArray());
        var again = read(ref reader);
        reader.Rest().Length.ShouldBe(0);
        again!.GetType().ShouldBe(message!.GetType());
        return again;
    }

    private static byte[] Bytes<T>(IEnumerable<T> all, Action<WireWriter, T> write)
    {
        using var writer = new WireWriter();
        foreach (var each in all)
        {
            write(writer, each);
        }

        return writer.ToArray();
    }

    private static ToEntity.Submit Step(long incarnation, long number = 1)
    {
        using var writer = new WireWriter();
        new DictionaryCommand.Increment([(new Payload(new byte[] { 1 }), 1)]).WriteTo(writer);
        return new ToEntity.Submit(s_session, incarnation, number, 1, new SessionStep(StepKind.Command, 1, number, writer.ToArray()));
    }

    private void Begin() => _core.Begin([s_session.Node], new HashSet<string>(), s_now, _effects);

    private ToGateway[] Receive(ToEntity message) => Told(() => _core.Receive(message, s_now, _effects));

    private ToGateway[] Appended() => Told(() => _core.Appended(s_now, _effects));

    private ToGateway[] Confirmed(long last) => Told(() => _core.Confirmed(last, s_now, _effects));

    private ToGateway[] Told(Action happens)
    {
        _effects.Clear();
        happens();
        return [.. _effects.Sends];
    }
}
