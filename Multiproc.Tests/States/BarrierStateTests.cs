using Multiproc.Objects.Barriers;

namespace Multiproc.Tests.States;

public sealed class BarrierStateTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly CellMemory _memory = new(BarrierCell.Bytes);
    private readonly BarrierCell _cell;
    private Script _script;
    private Participant _anna = null!;
    private Participant _bert = null!;
    private Participant _carl = null!;

    public BarrierStateTests()
    {
        _cell = _memory.Barrier;
        _script = Begin(hasAction: false);
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>A party of another machine has no hand in the cell, but the others must know that it does not wait for ever.</summary>
    [Fact]
    public void Come_WithATimeout_MakesEveryLaterArrivalWakeTheNode()
    {
        _anna.Asks(new BarrierCommand.Come(WaitTimeout.Infinite)).ShouldWait();
        _cell.MustBeRead(parties: 3).ShouldBeFalse();
        _bert.Asks(new BarrierCommand.Come(s_second)).ShouldWait();
        _cell.MustBeRead(parties: 3).ShouldBeTrue();
    }

    [Fact]
    public void Wait_LastOfThree_AllGoOnWithAnIndexEach()
    {
        // B-01, B-02
        for (int round = 0; round < 3; round++)
        {
            var anna = Waits(_anna).ShouldWait();
            var bert = Waits(_bert).ShouldWait();
            _cell.Waiting.ShouldBe(2);
            Waits(_carl).ShouldAnswer(2);
            anna.ShouldAnswer(0);
            bert.ShouldAnswer(1);
            _cell.Waiting.ShouldBe(0);
        }
    }

    [Fact]
    public void Wait_WithAction_OthersGoOnWhenItWasRun()
    {
        // B-03
        _script = Begin(hasAction: true);
        var anna = Waits(_anna);
        var bert = Waits(_bert);
        var carl = Waits(_carl).ShouldAnswer(2);
        anna.ShouldWait();
        var early = Waits(_anna).ShouldWait();
        _carl.Asks(new BarrierCommand.Acted(carl.Caller.Call, true)).ShouldAnswer(0);
        anna.ShouldAnswer(0);
        bert.ShouldAnswer(1);
        early.ShouldWait();
        _cell.Waiting.ShouldBe(1);
    }

    [Fact]
    public void Acted_Failed_BreaksIt()
    {
        // B-12
        _script = Begin(hasAction: true);
        var anna = Waits(_anna);
        var bert = Waits(_bert);
        var carl = Waits(_carl);
        var early = Waits(_bert);
        _carl.Asks(new BarrierCommand.Acted(carl.Caller.Call, false)).ShouldBeDone();
        ShouldBeBroken(anna, bert, early);
    }

    [Fact]
    public void Acted_BySomebodyElse_OpensNothing()
    {
        _script = Begin(hasAction: true);
        var anna = Waits(_anna);
        Waits(_bert);
        var carl = Waits(_carl);
        _bert.Asks(new BarrierCommand.Acted(carl.Caller.Call, true)).ShouldAnswer(BarrierCommand.Broken);
        anna.ShouldWait();
    }

    [Fact]
    public void Abort_WhoWaitsAndWhoComes_AreRefusedUntilReset()
    {
        // B-04, B-06
        var anna = Waits(_anna);
        _carl.Asks(BarrierCommand.Abort.Instance).ShouldBeDone();
        ShouldBeBroken(anna, Waits(_bert));
        _carl.Asks(BarrierCommand.Reset.Instance).ShouldBeDone();
        _cell.IsBroken.ShouldBeFalse();
        Waits(_bert).ShouldWait();
        Waits(_carl).ShouldWait();
        Waits(_anna).ShouldAnswer(2);
    }

    [Fact]
    public void Reset_WhoWaits_IsRefusedAndWhoComesIsNot()
    {
        // B-05
        var anna = Waits(_anna);
        _carl.Asks(BarrierCommand.Reset.Instance).ShouldBeDone();
        anna.ShouldAnswer(BarrierCommand.Broken);
        _cell.IsBroken.ShouldBeFalse();
        Waits(_bert).ShouldWait();
    }

    [Fact]
    public void Reset_WhileTheActionRuns_RunnerIsToldAndWhoCameEarlyBeginsARound()
    {
        _script = Begin(hasAction: true);
        var anna = Waits(_anna);
        var bert = Waits(_bert);
        var carl = Waits(_carl);
        var early = Waits(_anna);
        _script.Node.Asks(BarrierCommand.Reset.Instance).ShouldBeDone();
        anna.ShouldAnswer(BarrierCommand.Broken);
        bert.ShouldAnswer(BarrierCommand.Broken);
        early.ShouldWait();
        _carl.Asks(new BarrierCommand.Acted(carl.Caller.Call, true)).ShouldAnswer(BarrierCommand.Broken);
        early.ShouldWait();
    }

    [Fact]
    public void Wait_TimeRunsOut_BreaksItForAll()
    {
        // B-07, B-08
        var anna = Waits(_anna, s_second);
        var bert = Waits(_bert);
        _script.Pass(s_second);
        anna.ShouldTimeOut();
        ShouldBeBroken(bert, Waits(_carl));
    }

    [Fact]
    public void Wait_TimeRunsOutWhileTheActionRuns_BreaksIt()
    {
        _script = Begin(hasAction: true);
        var anna = Waits(_anna, s_second);
        var bert = Waits(_bert);
        var carl = Waits(_carl);
        _script.Pass(s_second);
        anna.ShouldTimeOut();
        ShouldBeBroken(bert);
        _carl.Asks(new BarrierCommand.Acted(carl.Caller.Call, true)).ShouldAnswer(BarrierCommand.Broken);
    }

    [Fact]
    public void Wait_NotAtAll_BreaksItUnlessItIsTheLast()
    {
        Waits(_anna);
        Waits(_bert);
        Waits(_carl, TimeSpan.Zero).ShouldAnswer(2);
        var anna = Waits(_anna);
        Waits(_bert, TimeSpan.Zero).ShouldTimeOut();
        ShouldBeBroken(anna);
    }

    [Fact]
    public void Wait_Cancelled_LeavesAndTheOthersGoOnWaiting()
    {
        var anna = Waits(_anna);
        var bert = Waits(_bert);
        anna.IsCancelled();
        anna.ShouldEndCancelled();
        _cell.IsBroken.ShouldBeFalse();
        Waits(_carl).ShouldWait();
        Waits(_anna).ShouldAnswer(2);
        bert.ShouldAnswer(0);
    }

    [Fact]
    public void ProcessGone_WaitingParty_BreaksIt()
    {
        Waits(_anna);
        var bert = Waits(_bert);
        _anna.Dies();
        ShouldBeBroken(bert, Waits(_carl));
    }

    [Fact]
    public void ProcessGone_RunnerOfTheAction_BreaksIt()
    {
        _script = Begin(hasAction: true);
        var anna = Waits(_anna);
        var bert = Waits(_bert);
        Waits(_carl);
        _carl.Dies();
        ShouldBeBroken(anna, bert);
    }

    [Fact]
    public void ProcessGone_WhoDoesNotWait_ChangesNothing()
    {
        var anna = Waits(_anna);
        _carl.Dies();
        anna.ShouldWait();
        _cell.IsBroken.ShouldBeFalse();
    }

    [Fact]
    public void Arrive_OnlyTheLastOfARound_MustWakeTheNode()
    {
        for (int round = 0; round < 2; round++)
        {
            Arrives().ShouldBeFalse();
            Arrives().ShouldBeFalse();
            Arrives().ShouldBeTrue();
            foreach (var who in new[] { _anna, _bert, _carl })
            {
                who.Asks(new BarrierCommand.Wait(null));
            }
        }

        _cell.Arrive(3, hasLimit: true).ShouldBeTrue("its deadline must be armed");
        Arrives().ShouldBeTrue("the node must read it before that deadline");
    }

    [Fact]
    public void Arrive_Broken_MustWakeTheNode()
    {
        _carl.Asks(BarrierCommand.Abort.Instance);
        Arrives().ShouldBeTrue();
    }

    private bool Arrives() => _cell.Arrive(3, hasLimit: false);

    private Script Begin(bool hasAction)
    {
        _script = new Script(new BarrierState(_cell, 3, hasAction));
        (_anna, _bert, _carl) = (_script.Process(1), _script.Process(2), _script.Process(3));
        return _script;
    }

    private Call Waits(Participant who, TimeSpan? timeout = null) => who.Asks(new BarrierCommand.Wait(timeout));

    private void ShouldBeBroken(params ReadOnlySpan<Call> calls)
    {
        _cell.IsBroken.ShouldBeTrue();
        foreach (var call in calls)
        {
            call.ShouldAnswer(BarrierCommand.Broken);
        }
    }
}
