using Multiproc.Objects.Conditions;

namespace Multiproc.Tests.States;

public sealed class ConditionStateTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly CellMemory _memory = new(ConditionCell.Bytes);
    private readonly ConditionCell _cell;
    private readonly Script _script;
    private readonly Participant _anna;
    private readonly Participant _bert;
    private readonly Participant _carl;

    public ConditionStateTests()
    {
        _cell = _memory.Condition;
        _script = new Script(new ConditionState(_cell));
        (_anna, _bert, _carl) = (_script.Process(1), _script.Process(2), _script.Process(3));
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Notify_NobodyWaits_NeedsNoMessage()
    {
        _cell.HasWaiters.ShouldBeFalse();
        Waits(_anna);
        _cell.HasWaiters.ShouldBeTrue();
        Notifies(1);
        _cell.HasWaiters.ShouldBeFalse();
    }

    [Fact]
    public void Notify_One_WakesTheFirst()
    {
        // CV-01
        var anna = Waits(_anna);
        var bert = Waits(_bert);
        Notifies(1);
        anna.ShouldBeDone();
        bert.ShouldWait();
    }

    [Fact]
    public void Notify_MoreThanWait_IsNotRemembered()
    {
        // CV-04
        var anna = Waits(_anna);
        Notifies(4);
        anna.ShouldBeDone();
        Waits(_bert).ShouldWait();
    }

    [Fact]
    public void Notify_All_WakesAll()
    {
        // CV-02
        Call[] calls = [Waits(_anna), Waits(_bert), Waits(_script.Node), Waits(_anna)];
        Notifies(int.MaxValue);
        foreach (var call in calls)
        {
            call.ShouldBeDone();
        }
    }

    [Fact]
    public void Notify_WaitersMessageComesLater_ItIsDoneWhenItComes()
    {
        long ticket = _cell.TakeTicket(_anna.Number);
        Notifies(1);
        _cell.HasWaiters.ShouldBeTrue("the waiter is known by its ticket");
        _anna.Asks(new ConditionCommand.Wait(ticket, null)).ShouldBeDone();
        _cell.HasWaiters.ShouldBeFalse();
    }

    [Fact]
    public void Notify_BeforeATicketWasTaken_IsNotForIt()
    {
        long anna = _cell.TakeTicket(_anna.Number);
        _cell.TryCall(1).ShouldBeTrue();
        var bert = Waits(_bert);
        bert.ShouldWait();
        _carl.Tells(ConditionCommand.ReadCalls.Instance);
        bert.ShouldWait();
        _anna.Asks(new ConditionCommand.Wait(anna, null)).ShouldBeDone();
        bert.ShouldWait();
    }

    [Fact]
    public void Notify_TwiceAndMessagesComeInAnyOrder_EachWakesOne()
    {
        long anna = _cell.TakeTicket(_anna.Number);
        _cell.TryCall(1).ShouldBeTrue();
        long bert = _cell.TakeTicket(_bert.Number);
        _cell.TryCall(1).ShouldBeTrue();
        var late = _bert.Asks(new ConditionCommand.Wait(bert, null));
        _carl.Tells(ConditionCommand.ReadCalls.Instance);
        late.ShouldBeDone();
        _anna.Asks(new ConditionCommand.Wait(anna, null)).ShouldBeDone();
    }

    [Fact]
    public void Notify_NodeHasNotLooked_NotifierMustAskFirst()
    {
        Waits(_anna);
        for (int i = 0; i < ConditionCell.Remembered; i++)
        {
            _cell.TryCall(1).ShouldBeTrue();
        }

        _cell.TryCall(1).ShouldBeFalse();
        _bert.Asks(ConditionCommand.ReadCalls.Instance).ShouldBeDone();
        _cell.TryCall(1).ShouldBeTrue();
    }

    [Fact]
    public void Wait_TimeRunsOut_IsNotCountedLater()
    {
        // CV-03, CV-05
        var anna = Waits(_anna, s_second);
        _script.Pass(s_second);
        anna.ShouldTimeOut();
        _cell.HasWaiters.ShouldBeFalse();
        var bert = Waits(_bert);
        Notifies(1);
        bert.ShouldBeDone();
    }

    [Fact]
    public void Wait_TimeRunsOutAfterItWasNotified_IsDone()
    {
        var anna = Waits(_anna, s_second);
        _cell.TryCall(1).ShouldBeTrue();
        _script.Pass(s_second);
        anna.ShouldBeDone();
    }

    [Fact]
    public void Wait_Cancelled_LeavesItsPlace()
    {
        var anna = Waits(_anna);
        var bert = Waits(_bert);
        anna.IsCancelled();
        anna.ShouldEndCancelled();
        Notifies(1);
        bert.ShouldBeDone();
    }

    [Fact]
    public void Wait_WithATicketThatIsNotFromTheCell_IsRefused()
    {
        _anna.Asks(new ConditionCommand.Wait(1, null)).ShouldBeRefused();
        _anna.Asks(new ConditionCommand.Wait(-1, null)).ShouldBeRefused();
        long ticket = _cell.TakeTicket(_anna.Number);
        _anna.Asks(new ConditionCommand.Wait(ticket, null)).ShouldWait();
        _anna.Asks(new ConditionCommand.Wait(ticket, null)).ShouldBeRefused();
    }

    [Fact]
    public void ProcessGone_Waiter_IsForgotten()
    {
        Waits(_anna);
        var bert = Waits(_bert);
        _anna.Dies();
        Notifies(1);
        bert.ShouldBeDone();
    }

    [Fact]
    public void ProcessGone_NotifiedButHadNotTakenIt_AnotherGetsIt()
    {
        var anna = Waits(_anna);
        var bert = Waits(_bert);
        Notifies(1);
        anna.ShouldBeDone();
        bert.ShouldWait();
        _anna.Dies();
        bert.ShouldBeDone();
    }

    [Fact]
    public void ProcessGone_NotifiedAndHadNotTakenIt_WhoCameLaterDoesNotGetIt()
    {
        Waits(_anna);
        Notifies(1);
        var bert = Waits(_bert);
        _anna.Dies();
        bert.ShouldWait();
    }

    [Fact]
    public void ProcessGone_HadTakenIt_NobodyElseGetsIt()
    {
        var anna = Waits(_anna);
        var bert = Waits(_bert);
        Notifies(1);
        _anna.Tells(new ConditionCommand.Taken(anna.Caller.Call));
        _anna.Dies();
        bert.ShouldWait();
    }

    [Fact]
    public void ProcessGone_BeforeItsMessage_ItsTicketIsSettled()
    {
        _cell.TakeTicket(_anna.Number);
        _anna.Dies();
        _cell.HasWaiters.ShouldBeFalse();
    }

    [Fact]
    public void ProcessGone_NotifierBeforeItsMessage_HasNotifiedAllTheSame()
    {
        var anna = Waits(_anna);
        _cell.TryCall(1).ShouldBeTrue();
        _carl.Dies();
        anna.ShouldBeDone();
    }

    private Call Waits(Participant who, TimeSpan? timeout = null) => who.Asks(new ConditionCommand.Wait(_cell.TakeTicket(who.Number), timeout));

    private void Notifies(int count)
    {
        _cell.TryCall(count).ShouldBeTrue();
        _carl.Tells(ConditionCommand.ReadCalls.Instance);
    }
}
