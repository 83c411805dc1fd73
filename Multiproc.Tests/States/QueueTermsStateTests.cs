using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Queues;

namespace Multiproc.Tests.States;

/// <summary>Items with terms beside what is read ahead, given up, and joined.</summary>
public sealed class QueueTermsStateTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Put_OfAHigherPriority_CallsBackWhatIsReadAhead()
    {
        using var memory = new CellMemory(AheadCell.Bytes);
        var cell = memory.Ahead;
        var script = new Script(new QueueState(0, ahead: new ReadAhead(cell)));
        var anna = script.Process(1);
        for (int i = 1; i <= 4; i++)
        {
            anna.Tells(new QueueCommand.Put(Script.Value(i), null));
        }

        var got = anna.Asks(new QueueCommand.GetAhead(null)).ShouldBeDone();
        var ahead = ItemsAhead.Read(got.Reply!.Value.Value, out _);
        ahead.TryClaim(cell, out int index).ShouldBeTrue();
        ahead.Acknowledge(cell, index);
        anna.Tells(With(9, priority: 1));
        ahead.TryClaim(cell, out _).ShouldBeFalse("what is urgent comes first");
        anna.Asks(new QueueCommand.Get(null)).ShouldGet(9);
        anna.Asks(new QueueCommand.GetMany(10, null, 0)).ShouldAnswer(2);
    }

    [Fact]
    public void Items_WithTerms_AreNeverReadAhead()
    {
        using var memory = new CellMemory(AheadCell.Bytes);
        var script = new Script(new QueueState(new SharedQueueOptions { TimeToLive = s_second }, new ReadAhead(memory.Ahead)));
        var anna = script.Process(1);
        anna.Tells(new QueueCommand.Put(Script.Value(1), null));
        anna.Tells(new QueueCommand.Put(Script.Value(2), null));
        anna.Asks(new QueueCommand.GetAhead(null)).ShouldGet(1);
        script.Pass(s_second);
        anna.Asks(new QueueCommand.GetAhead(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void Item_ThatBecomesReady_GoesToWhoWaits()
    {
        var script = new Script(new QueueState(0));
        var (anna, ben) = (script.Process(1), script.Process(2));
        var peeking = ben.Asks(new QueueCommand.Peek(null)).ShouldWait();
        var waiting = anna.Asks(new QueueCommand.Get(null)).ShouldWait();
        ben.Tells(With(1, delay: s_second));
        script.Pass(s_second - TimeSpan.FromTicks(1));
        waiting.ShouldWait();
        script.Pass(TimeSpan.FromTicks(1));
        peeking.ShouldGet(1);
        waiting.ShouldGet(1);
    }

    [Fact]
    public void Item_OfADelayedPutThatWasGivenUp_IsRemoved()
    {
        var script = new Script(new QueueState(2));
        var anna = script.Process(1);
        var put = anna.Asks(With(1, delay: s_second)).ShouldBeDone();
        var urgent = anna.Asks(With(2, priority: 5)).ShouldBeDone();
        anna.Asks(new QueueCommand.Put(Script.Value(3), TimeSpan.Zero)).ShouldTimeOut();
        script.GiveUp(urgent);
        script.GiveUp(put);
        script.Pass(s_second);
        anna.Asks(QueueCommand.Size.Instance).ShouldAnswer(0);
    }

    [Fact]
    public void Putter_OfAFullQueue_ComesInWhenAnItemExpires()
    {
        var script = new Script(new QueueState(1));
        var anna = script.Process(1);
        anna.Asks(With(1, life: s_second)).ShouldBeDone();
        var putter = anna.Asks(With(2, priority: 3, delay: s_second)).ShouldWait();
        script.Pass(s_second);
        putter.ShouldBeDone();
        anna.Asks(new QueueCommand.Get(TimeSpan.Zero)).ShouldTimeOut();
        script.Pass(s_second);
        anna.Asks(new QueueCommand.Get(TimeSpan.Zero)).ShouldGet(2);
    }

    [Fact]
    public void Lease_OfAnItemWhoseTimeIsOver_IsNotDeliveredAgain()
    {
        var script = new Script(new QueueState(new SharedQueueOptions { KeepExpired = true }));
        var anna = script.Process(1);
        anna.Tells(With(1, life: s_second));
        var lease = anna.Asks(new QueueCommand.Lease(null)).ShouldGet(1);
        script.Pass(s_second);
        anna.Tells(new QueueCommand.Abandon(lease.Caller.Call));
        anna.Asks(new QueueCommand.Get(TimeSpan.Zero)).ShouldTimeOut();
        anna.Asks(new QueueCommand.TakeDeadLetter(TimeSpan.Zero)).ShouldAnswer(QueueState.Expired(1)).ShouldGet(1);
    }

    [Fact]
    public void Join_OfAQueueWhoseItemsExpire_Ends()
    {
        var script = new Script(new JoinableQueueState(0));
        var anna = script.Process(1);
        anna.Tells(With(1, life: s_second));
        anna.Tells(With(2, delay: s_second));
        var join = anna.Asks(new JoinableQueueCommand.Join(null)).ShouldWait();
        script.Pass(s_second);
        join.ShouldWait();
        anna.Asks(new JoinableQueueCommand.Claim(null, 1)).ShouldGet(2);
        anna.Asks(new JoinableQueueCommand.TaskDone(1)).ShouldBeDone();
        join.ShouldBeDone();
    }

    private static QueueCommand.PutWith With(int number, int priority = 0, TimeSpan delay = default, TimeSpan? life = null) =>
        new(Script.Value(number), null, new PutTerms(priority, delay, life));
}
