using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Queues;

namespace Multiproc.Tests.States;

public sealed class JoinableQueueStateTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly Script _script = new(new JoinableQueueState(0));

    [Fact]
    public void Join_NothingUnfinished_EndsAtOnce() => _script.Process(1).Asks(Join()).ShouldBeDone(); // JQ-03

    [Fact]
    public void Join_UntilTheLastIsDone_EveryJoinerWakes()
    {
        // JQ-01, JQ-03
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(Put(1));
        anna.Tells(Put(2));
        var first = anna.Asks(Join()).ShouldWait();
        var second = _script.Node.Asks(Join()).ShouldWait();
        bert.Asks(Claim()).ShouldGet(1);
        bert.Asks(Claim()).ShouldGet(2);
        bert.Asks(Done()).ShouldBeDone();
        first.ShouldWait();
        bert.Asks(Done()).ShouldBeDone();
        first.ShouldBeDone();
        second.ShouldBeDone();
    }

    [Fact]
    public void Join_DeadlineOrCancellation_EndsThatJoinerAlone()
    {
        var anna = _script.Process(1);
        anna.Tells(Put(1));
        anna.Asks(Join(TimeSpan.Zero)).ShouldTimeOut();
        var hurried = anna.Asks(Join(s_second));
        var cancelled = anna.Asks(Join());
        var patient = anna.Asks(Join());
        _script.Pass(s_second);
        hurried.ShouldTimeOut();
        cancelled.IsCancelled();
        cancelled.ShouldEndCancelled();
        anna.Asks(Claim()).ShouldGet(1);
        anna.Asks(Done()).ShouldBeDone();
        patient.ShouldBeDone();
    }

    [Fact]
    public void TaskDone_TooOften_IsRefused()
    {
        // JQ-02
        var anna = _script.Process(1);
        anna.Asks(Done()).ShouldBeRefused().Reply!.Value.Reason!.ShouldContain("too many times");
        anna.Tells(Put(1));
        anna.Asks(Claim()).ShouldGet(1);
        anna.Asks(Done()).ShouldBeDone();
        anna.Asks(Done()).ShouldBeRefused();
    }

    [Fact]
    public void TaskDone_BeforeAnybodyTookIt_CountsAsInPython()
    {
        var anna = _script.Process(1);
        anna.Tells(Put(1));
        anna.Asks(Done()).ShouldBeDone();
        anna.Asks(Join()).ShouldBeDone();
        anna.Asks(Claim()).ShouldGet(1);
        anna.Asks(Done()).ShouldBeRefused();
    }

    [Fact]
    public void ProcessGone_BetweenGetAndTaskDone_ItemIsAtTheHeadMarkedAndJoinWaitsForIt()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(Put(1));
        anna.Tells(Put(2));
        anna.Tells(Put(3));
        var join = anna.Asks(Join());
        bert.Asks(Claim()).ShouldGet(1);
        bert.Asks(Claim()).ShouldGet(2);
        bert.Asks(Done()).ShouldBeDone();
        bert.Dies();
        anna.Asks(QueueCommand.Size.Instance).ShouldAnswer(2);
        anna.Asks(Claim()).ShouldGet(2).ShouldAnswer(1);
        anna.Asks(Claim()).ShouldGet(3).ShouldAnswer(0);
        anna.Asks(Done()).ShouldBeDone();
        join.ShouldWait();
        anna.Asks(Done()).ShouldBeDone();
        join.ShouldBeDone();
    }

    [Fact]
    public void ProcessGone_WhileOthersWait_TheyAreServedFromIt()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(Put(1));
        bert.Asks(Claim()).ShouldGet(1);
        var waiting = anna.Asks(Claim()).ShouldWait();
        bert.Dies();
        waiting.ShouldGet(1).ShouldAnswer(1);
    }

    [Fact]
    public void TaskDone_OfAThread_IsOfItsOwnOldest()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(Put(1));
        anna.Tells(Put(2));
        bert.Asks(Claim(thread: 1)).ShouldGet(1);
        bert.Asks(Claim(thread: 2)).ShouldGet(2);
        bert.Asks(Done(thread: 2)).ShouldBeDone();
        bert.Dies();
        anna.Asks(Claim()).ShouldGet(1);
        anna.Asks(Claim(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void TaskDone_OfAThreadThatHasNone_IsOfItsProcessesOldest()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(Put(1));
        anna.Tells(Put(2));
        bert.Asks(Claim(thread: 1)).ShouldGet(1);
        bert.Asks(Claim(thread: 2)).ShouldGet(2);
        bert.Asks(Done(thread: 3)).ShouldBeDone();
        bert.Dies();
        anna.Asks(Claim()).ShouldGet(2);
    }

    [Fact]
    public void TaskDone_OfAProcessThatHasNone_IsOfAnybodysOldest()
    {
        var (anna, bert, carl) = (_script.Process(1), _script.Process(2), _script.Process(3));
        anna.Tells(Put(1));
        anna.Tells(Put(2));
        carl.Asks(Claim(thread: 5)).ShouldGet(1);
        bert.Asks(Claim(thread: 5)).ShouldGet(2);
        anna.Asks(Done(thread: 5)).ShouldBeDone();
        carl.Dies();
        anna.Asks(Claim(TimeSpan.Zero)).ShouldTimeOut();
        bert.Dies();
        anna.Asks(Claim()).ShouldGet(2);
    }

    [Fact]
    public void Lease_Completed_IsThatItemDone()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(Put(1));
        anna.Tells(Put(2));
        var first = bert.Asks(new QueueCommand.Lease(null)).ShouldGet(1);
        var second = bert.Asks(new QueueCommand.Lease(null)).ShouldGet(2);
        var join = anna.Asks(Join()).ShouldWait();
        bert.Tells(new QueueCommand.Taken(second.Caller.Call));
        bert.Tells(new QueueCommand.Abandon(first.Caller.Call));
        join.ShouldWait();
        anna.Asks(Claim()).ShouldGet(1).ShouldAnswer(1);
        anna.Asks(Done()).ShouldBeDone();
        join.ShouldBeDone();
    }

    [Fact]
    public void DeadLetter_CountsAsDone()
    {
        var script = new Script(new JoinableQueueState(0, maxRedeliveries: 1));
        var anna = script.Process(1);
        anna.Tells(Put(1));
        var join = anna.Asks(Join());
        script.Process(2).Asks(Claim()).ShouldGet(1);
        script.Die(2);
        script.Process(3).Asks(Claim()).ShouldGet(1).ShouldAnswer(1);
        join.ShouldWait();
        script.Die(3);
        join.ShouldBeDone();
        anna.Asks(QueueCommand.CountDeadLetters.Instance).ShouldAnswer(1);
        script.Process(4).Asks(new QueueCommand.TakeDeadLetter(TimeSpan.Zero)).ShouldGet(1).ShouldAnswer(2);
        script.Die(4);
        var taken = anna.Asks(new QueueCommand.TakeDeadLetter(TimeSpan.Zero)).ShouldGet(1);
        anna.Tells(new QueueCommand.Taken(taken.Caller.Call));
        anna.Asks(new QueueCommand.TakeDeadLetter(TimeSpan.Zero)).ShouldTimeOut();
        anna.Asks(Done()).ShouldBeRefused();
    }

    [Fact]
    public void Put_WaitingForRoom_CountsWhenItIsIn()
    {
        var script = new Script(new JoinableQueueState(1));
        var (anna, bert) = (script.Process(1), script.Process(2));
        anna.Asks(Put(1)).ShouldBeDone();
        var waiting = anna.Asks(Put(2)).ShouldWait();
        bert.Asks(Claim()).ShouldGet(1);
        waiting.ShouldBeDone();
        bert.Asks(Done()).ShouldBeDone();
        var join = anna.Asks(Join()).ShouldWait();
        bert.Asks(Claim()).ShouldGet(2);
        bert.Asks(Done()).ShouldBeDone();
        join.ShouldBeDone();
    }

    [Fact]
    public void GetMany_ProcessGone_ThoseNotDoneGoBack()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(new QueueCommand.PutMany([Script.Value(1), Script.Value(2), Script.Value(3)], null));
        bert.Asks(new QueueCommand.GetMany(3, null, 1)).ShouldAnswer(3);
        bert.Asks(Done()).ShouldBeDone();
        bert.Dies();
        anna.Asks(Claim()).ShouldGet(2).ShouldAnswer(1);
        anna.Asks(Claim()).ShouldGet(3).ShouldAnswer(1);
        anna.Asks(Claim(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void GetMany_OnlySomeRead_TheOthersGoBackUnmarkedAndTheReadOnesAreStillToBeDone()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(new QueueCommand.PutMany([Script.Value(1), Script.Value(2), Script.Value(3)], null));
        var many = bert.Asks(new QueueCommand.GetMany(3, null, 1));
        bert.Tells(new QueueCommand.AckMany(many.Caller.Call, 1));
        anna.Asks(Claim()).ShouldGet(2).ShouldAnswer(0);
        bert.Dies();
        anna.Asks(Claim()).ShouldGet(1).ShouldAnswer(1);
        anna.Asks(Claim()).ShouldGet(3).ShouldAnswer(0);
    }

    private static QueueCommand.Put Put(int value) => new(Script.Value(value), null);

    private static JoinableQueueCommand.Claim Claim(TimeSpan? timeout = null, int thread = 1) => new(timeout, thread);

    private static JoinableQueueCommand.TaskDone Done(int thread = 1) => new(thread);

    private static JoinableQueueCommand.Join Join(TimeSpan? timeout = null) => new(timeout);
}
