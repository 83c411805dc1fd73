using Multiproc.Objects.Queues;

namespace Multiproc.Tests.States;

public sealed class QueueStateTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Get_OnFullQueue_TakesInOrderOfArrival()
    {
        var script = new Script(new QueueState(0));
        var (anna, bert) = (script.Process(1), script.Process(2));
        anna.Asks(Put(1)).ShouldBeDone();
        bert.Asks(Put(2)).ShouldBeDone();
        bert.Asks(Get()).ShouldGet(1);
        anna.Asks(Get()).ShouldGet(2);
        anna.Asks(QueueCommand.Size.Instance).ShouldAnswer(0);
    }

    [Fact]
    public void Get_OnEmptyQueue_WaitsAndIsServedInOrder()
    {
        var script = new Script(new QueueState(0));
        var (anna, bert, carl) = (script.Process(1), script.Process(2), script.Process(3));
        var first = anna.Asks(Get()).ShouldWait();
        var second = bert.Asks(Get()).ShouldWait();
        carl.Tells(Put(1));
        first.ShouldGet(1);
        second.ShouldWait();
        carl.Tells(Put(2));
        second.ShouldGet(2);
    }

    [Fact]
    public void Get_WithoutWaiting_EndsAtOnce()
    {
        var script = new Script(new QueueState(0));
        script.Process(1).Asks(Get(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void Get_DeadlinePasses_EndsAloneAndTakesNothingLater()
    {
        var script = new Script(new QueueState(0));
        var (anna, bert) = (script.Process(1), script.Process(2));
        var hurried = anna.Asks(Get(s_second));
        var patient = bert.Asks(Get(2 * s_second));
        script.Pass(s_second / 2);
        hurried.ShouldWait();
        script.Pass(s_second / 2);
        hurried.ShouldTimeOut();
        patient.ShouldWait();
        anna.Asks(Put(1));
        patient.ShouldGet(1);
    }

    [Fact]
    public void Get_Cancelled_EndsAndTakesNothingLater()
    {
        var script = new Script(new QueueState(0));
        var anna = script.Process(1);
        var call = anna.Asks(Get());
        call.IsCancelled();
        call.ShouldEndCancelled();
        anna.Asks(Put(1));
        anna.Asks(Get()).ShouldGet(1);
    }

    [Fact]
    public void Get_CancelledAfterItsAnswer_KeepsTheItem()
    {
        var script = new Script(new QueueState(0));
        var anna = script.Process(1);
        var call = anna.Asks(Get());
        anna.Asks(Put(1));
        call.IsCancelled();
        call.ShouldGet(1);
        anna.Asks(Get(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void Put_OnFullQueue_WaitsForRoomInOrder()
    {
        var script = new Script(new QueueState(1));
        var (anna, bert, carl) = (script.Process(1), script.Process(2), script.Process(3));
        anna.Asks(Put(1)).ShouldBeDone();
        var second = anna.Asks(Put(2)).ShouldWait();
        var third = bert.Asks(Put(3)).ShouldWait();
        carl.Asks(Get()).ShouldGet(1);
        second.ShouldBeDone();
        third.ShouldWait();
        carl.Asks(Get()).ShouldGet(2);
        third.ShouldBeDone();
        carl.Asks(Get()).ShouldGet(3);
    }

    [Fact]
    public void Put_DeadlinePasses_ItemIsNotThere()
    {
        var script = new Script(new QueueState(1));
        var anna = script.Process(1);
        anna.Asks(Put(1));
        anna.Asks(Put(2, TimeSpan.Zero)).ShouldTimeOut();
        var late = anna.Asks(Put(3, s_second));
        script.Pass(s_second);
        late.ShouldTimeOut();
        anna.Asks(Get()).ShouldGet(1);
        anna.Asks(Get(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void ProcessGone_ItemInHand_ReturnsToItsPlaceMarkedRedelivered()
    {
        var script = new Script(new QueueState(0));
        var (anna, bert, carl) = (script.Process(1), script.Process(2), script.Process(3));
        carl.Tells(Put(1));
        carl.Tells(Put(2));
        carl.Tells(Put(3));
        anna.Asks(Get()).ShouldGet(1).ShouldAnswer(0);
        bert.Asks(Get()).ShouldGet(2);
        bert.Dies();
        anna.Dies();
        carl.Asks(Get()).ShouldGet(1).ShouldAnswer(1);
        carl.Asks(Get()).ShouldGet(2).ShouldAnswer(1);
        carl.Asks(Get()).ShouldGet(3).ShouldAnswer(0);
    }

    [Fact]
    public void ProcessGone_ItemWasTaken_IsNotGivenAgain()
    {
        var script = new Script(new QueueState(0));
        var (anna, bert) = (script.Process(1), script.Process(2));
        bert.Tells(Put(1));
        var call = anna.Asks(Get()).ShouldGet(1);
        anna.Tells(new QueueCommand.Taken(call.Caller.Call));
        anna.Dies();
        bert.Asks(Get(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void ProcessGone_ItemInHandAndAnotherWaits_IsHandedOnAtOnce()
    {
        var script = new Script(new QueueState(0));
        var (anna, bert) = (script.Process(1), script.Process(2));
        bert.Tells(Put(1));
        anna.Asks(Get());
        var waiting = bert.Asks(Get()).ShouldWait();
        anna.Dies();
        waiting.ShouldGet(1).ShouldAnswer(1);
    }

    [Fact]
    public void ProcessGone_WaitingGetter_IsForgotten()
    {
        var script = new Script(new QueueState(0));
        var (anna, bert) = (script.Process(1), script.Process(2));
        anna.Asks(Get());
        anna.Dies();
        bert.Tells(Put(1));
        bert.Asks(Get()).ShouldGet(1);
    }

    [Fact]
    public void ProcessGone_WaitingPutter_ItsItemNeverComes()
    {
        var script = new Script(new QueueState(1));
        var (anna, bert) = (script.Process(1), script.Process(2));
        bert.Asks(Put(1));
        anna.Asks(Put(2)).ShouldWait();
        anna.Dies();
        bert.Asks(Get()).ShouldGet(1);
        bert.Asks(Get(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void Get_ByTheNodeItself_IsNeverInHand()
    {
        var state = new QueueState(0);
        var script = new Script(state);
        script.Node.Asks(Put(1));
        script.Node.Asks(Get()).ShouldGet(1);
        state.Count.ShouldBe(0);
    }

    private static QueueCommand.Put Put(int value, TimeSpan? timeout = null) => new(Script.Value(value), timeout);

    private static QueueCommand.Get Get(TimeSpan? timeout = null) => new(timeout);
}
