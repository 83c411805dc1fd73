using Multiproc.Objects.Events;

namespace Multiproc.Tests.States;

public sealed class EventStateTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly CellMemory _memory = new(EventCell.Bytes);
    private readonly EventCell _cell;
    private readonly Script _script;
    private readonly Participant _anna;
    private readonly Participant _bert;
    private readonly Participant _carl;

    public EventStateTests()
    {
        _cell = _memory.Event;
        _script = new Script(new EventState(_cell));
        (_anna, _bert, _carl) = (_script.Process(1), _script.Process(2), _script.Process(3));
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Set_NobodyWaits_NeedsNoMessage()
    {
        _cell.Set().ShouldBeFalse();
        _cell.IsSet.ShouldBeTrue();
        _cell.Clear();
        _cell.IsSet.ShouldBeFalse();
    }

    [Fact]
    public void Set_WithWaiters_WakesAll()
    {
        var anna = _anna.Asks(Wait()).ShouldWait();
        var bert = _bert.Asks(Wait()).ShouldWait();
        _cell.Set().ShouldBeTrue();
        _cell.Set().ShouldBeFalse("the first setter tells the node");
        _carl.Tells(EventCommand.Call.Instance);
        anna.ShouldBeDone();
        bert.ShouldBeDone();
    }

    [Fact]
    public void Set_ClearedBeforeTheMessageArrives_WakesThoseWhoWaitedThen()
    {
        var anna = _anna.Asks(Wait());
        _cell.Set();
        _cell.Clear();
        var bert = _bert.Asks(Wait());
        anna.ShouldBeDone();
        bert.ShouldWait();
        _carl.Tells(EventCommand.Call.Instance);
        bert.ShouldWait();
        _cell.Set().ShouldBeTrue();
        _carl.Tells(EventCommand.Call.Instance);
        bert.ShouldBeDone();
    }

    [Fact]
    public void Wait_EventWasSetWhileTheMessageTravelled_EndsAtOnce()
    {
        _cell.Set();
        _anna.Asks(Wait()).ShouldBeDone();
        _anna.Asks(Wait(TimeSpan.Zero)).ShouldBeDone();
    }

    [Fact]
    public void Wait_DeadlinePasses_TimesOut()
    {
        _anna.Asks(Wait(TimeSpan.Zero)).ShouldTimeOut();
        var call = _anna.Asks(Wait(s_second)).ShouldWait();
        _script.Pass(s_second);
        call.ShouldTimeOut();
    }

    [Fact]
    public void Wait_DeadlinePassesAfterSetBeforeItsMessage_IsDone()
    {
        var call = _anna.Asks(Wait(s_second));
        _cell.Set();
        _script.Pass(s_second);
        call.ShouldBeDone();
    }

    [Fact]
    public void Wait_Cancelled_EndsAlone()
    {
        var anna = _anna.Asks(Wait());
        var bert = _bert.Asks(Wait());
        anna.IsCancelled();
        anna.ShouldEndCancelled();
        bert.ShouldWait();
        _cell.Set().ShouldBeTrue();
    }

    [Fact]
    public void ProcessGone_Waiter_IsForgotten()
    {
        _anna.Asks(Wait());
        var bert = _bert.Asks(Wait());
        _anna.Dies();
        _cell.Set();
        _carl.Tells(EventCommand.Call.Instance);
        bert.ShouldBeDone();
    }

    [Fact]
    public void ProcessGone_SetterBeforeItsMessage_WaitersAreWoken()
    {
        var anna = _anna.Asks(Wait());
        _cell.Set();
        _bert.Dies();
        anna.ShouldBeDone();
    }

    private static EventCommand.Wait Wait(TimeSpan? timeout = null) => new(timeout);
}
