using Multiproc.Cluster.Entities;
using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Sessions;
using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Entities;

/// <summary>Commands without a reply wait a moment for others to go to the journal with.</summary>
public sealed class EntityPostponeTests : IDisposable
{
    private static readonly ObjectSpec s_spec = new("name", QueueType.Instance.Tag, "Queue", new SharedQueueOptions().Pack());
    private static readonly SessionId s_session = new("node", 1);
    private static readonly Instant s_now = new(1000);

    private readonly EntityCore _core = new();
    private readonly EntityEffects _effects = new();
    private long _last;

    public EntityPostponeTests()
    {
        _core.Begin([s_session.Node], new HashSet<string>(), s_now, _effects);
        _core.Receive(new ToEntity.Open(s_session, 1, s_spec), s_now, _effects);
        Appended(1);
        Submit(new QueueCommand.Put(new Payload(new byte[1]), WaitTimeout.Infinite), call: 1);
        Appended(1);
        Get(call: 2, WaitTimeout.Infinite);
        Appended(1);
    }

    public void Dispose() => _core.Dispose();

    [Fact]
    public void Acknowledgment_NobodyWaits_GoesWithTheNextCommand()
    {
        Acknowledge();
        _effects.Append.ShouldBeNull();
        _effects.Postpone.ShouldBeTrue();
        _effects.Clear();
        Get(call: 3, default);
        Appended(2);
        _effects.Sends.OfType<ToGateway.Replied>().ShouldContain(static each => each.Number == 4 && each.Reply.Status == ReplyStatus.TimedOut);
        _effects.Clear();

        // The time of the acknowledgment comes too, and has nothing left to do; the next one has its own.
        _core.PostponedLongEnough(s_now, _effects);
        _effects.Append.ShouldBeNull();
        Acknowledge();
        _effects.Append.ShouldBeNull();
        _effects.Postpone.ShouldBeTrue();
    }

    [Fact]
    public void Acknowledgment_NothingComes_IsWrittenWhenItHasWaitedLongEnough()
    {
        Acknowledge();
        _effects.Clear();
        _core.PostponedLongEnough(s_now, _effects);
        Appended(1);
        _effects.Postpone.ShouldBeFalse();
        _effects.Clear();
        Acknowledge();
        _effects.Append.ShouldBeNull();
        _effects.Postpone.ShouldBeTrue("the time begins anew");
    }

    [Fact]
    public void Acknowledgment_SomebodyWaits_IsWrittenAtOnce()
    {
        Get(call: 3, WaitTimeout.Infinite);
        Appended(1);
        Acknowledge();
        Appended(1);
    }

    [Fact]
    public void Acknowledgment_BeforeARead_IsWrittenAtOnce()
    {
        Acknowledge();
        _effects.Clear();
        using var writer = new WireWriter();
        QueueCommand.Size.Instance.WriteTo(writer);
        _core.Receive(new ToEntity.Query(s_session, 1, 1, _last, new SessionStep(StepKind.Command, 1, 9, writer.ToArray())), s_now, _effects);
        Appended(1);
        _effects.Sends.OfType<ToGateway.Answered>().ShouldHaveSingleItem().Reply.Number.ShouldBe(0);
    }

    [Fact]
    public void Node_GoneMeanwhile_ItsAcknowledgmentComesFirst()
    {
        Acknowledge();
        _effects.Clear();
        _core.NodeGone(s_session.Node, s_now, _effects);
        _effects.Append.ShouldNotBeNull().Select(static record => record.GetType()).ShouldBe([typeof(JournalRecord.Stepped), typeof(JournalRecord.NodeGone)]);
    }

    [Fact]
    public void Acknowledgments_Many_DoNotWait()
    {
        while (_effects.Append is null)
        {
            Acknowledge();
            _last.ShouldBeLessThan(1000);
        }

        Appended(64);
    }

    private void Get(long call, WaitTimeout timeout) => Submit(new QueueCommand.Get(timeout), call);

    private void Acknowledge() => Submit(new QueueCommand.Taken(2), call: 0);

    private void Submit(IWireCommand command, long call)
    {
        using var writer = new WireWriter();
        command.WriteTo(writer);
        _core.Receive(
            new ToEntity.Submit(s_session, 1, ++_last, _last, new SessionStep(StepKind.Command, 1, call, writer.ToArray())), s_now, _effects);
    }

    private void Appended(int records)
    {
        _effects.Append.ShouldNotBeNull().Count.ShouldBe(records);
        _effects.Clear();
        _core.Appended(s_now, _effects);
    }
}
