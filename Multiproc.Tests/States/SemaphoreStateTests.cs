using Multiproc.Objects.Semaphores;

namespace Multiproc.Tests.States;

public sealed class SemaphoreStateTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly CellMemory _memory = new(SemaphoreCell.Bytes);
    private readonly SemaphoreCell _cell;

    public SemaphoreStateTests() => _cell = _memory.Semaphore;

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void TryTake_WhilePermitsAreThere_NeedsNoMessage()
    {
        var script = Begin(2);
        int anna = Join(script.Process(1));
        _cell.TryTake(anna).ShouldBeTrue();
        _cell.TryTake(anna).ShouldBeTrue();
        _cell.TryTake(anna).ShouldBeFalse();
        _cell.Held(anna).ShouldBe(2);
        _cell.Give(anna, SemaphoreCell.MaxCount).ShouldBe(PermitOutcome.Done);
        (_cell.Count, _cell.Held(anna)).ShouldBe((1, 1));
    }

    [Fact]
    public void Join_Twice_AnswersTheSameSlot()
    {
        var script = Begin(1);
        var anna = script.Process(1);
        Join(anna).ShouldBe(Join(anna));
        Join(script.Process(2)).ShouldNotBe(Join(anna));
        Join(script.Node).ShouldBe(SemaphoreCell.NodeSlot);
    }

    [Fact]
    public void Give_WithWaiters_ServesThemInTheirOrder()
    {
        var script = Begin(0);
        var (anna, bert, carl) = (script.Process(1), script.Process(2), script.Process(3));
        int slot = Join(carl);
        var first = anna.Asks(Acquire()).ShouldWait();
        var second = bert.Asks(Acquire()).ShouldWait();
        Give(carl, slot);
        first.ShouldBeDone();
        second.ShouldWait();
        Give(carl, slot);
        second.ShouldBeDone();
        _cell.Give(slot, SemaphoreCell.MaxCount).ShouldBe(PermitOutcome.Done, "nobody waits any more");
    }

    [Fact]
    public void TryTake_WhileOthersWait_DoesNotOvertake()
    {
        var script = Begin(0);
        int slot = Join(script.Process(2));
        script.Process(1).Asks(Acquire());
        _cell.Give(slot, SemaphoreCell.MaxCount).ShouldBe(PermitOutcome.NeedsNode);
        _cell.TryTake(slot).ShouldBeFalse();
    }

    [Fact]
    public void Acquire_DeadlinePasses_OpensTheFastPath()
    {
        var script = Begin(0);
        var anna = script.Process(1);
        int slot = Join(anna);
        anna.Asks(Acquire(TimeSpan.Zero)).ShouldTimeOut();
        var call = anna.Asks(Acquire(s_second)).ShouldWait();
        script.Pass(s_second);
        call.ShouldTimeOut();
        _cell.Give(slot, SemaphoreCell.MaxCount).ShouldBe(PermitOutcome.Done);
        _cell.TryTake(slot).ShouldBeTrue();
    }

    [Fact]
    public void Acquire_Cancelled_LeavesThePermitToTheNext()
    {
        var script = Begin(0);
        var (anna, bert) = (script.Process(1), script.Process(2));
        var first = anna.Asks(Acquire());
        var second = bert.Asks(Acquire());
        first.IsCancelled();
        first.ShouldEndCancelled();
        Give(bert, Join(bert));
        second.ShouldBeDone();
    }

    [Fact]
    public void Give_BeyondTheMaximum_IsTooMany()
    {
        var script = Begin(1, maximum: 1);
        _cell.Give(Join(script.Process(1)), maximum: 1).ShouldBe(PermitOutcome.TooMany);
        script.Process(2).Asks(SemaphoreCommand.Release.Instance).ShouldBeRefused();
        _cell.Count.ShouldBe(1);
    }

    [Fact]
    public void ProcessGone_HeldPermits_ComeBackAndServeWaiters()
    {
        var script = Begin(2);
        var (anna, bert) = (script.Process(1), script.Process(2));
        int slot = Join(anna);
        _cell.TryTake(slot);
        _cell.TryTake(slot);
        var waiting = bert.Asks(Acquire());
        anna.Dies();
        waiting.ShouldBeDone();
        _cell.Count.ShouldBe(1);
    }

    [Fact]
    public void ProcessGone_GaverBeforeItsMessage_PermitIsGranted()
    {
        var script = Begin(0);
        var (anna, bert) = (script.Process(1), script.Process(2));
        int slot = Join(anna);
        var waiting = bert.Asks(Acquire());
        _cell.Give(slot, SemaphoreCell.MaxCount).ShouldBe(PermitOutcome.NeedsNode);
        anna.Dies();
        waiting.ShouldBeDone();
    }

    [Fact]
    public void ProcessGone_TookAndWasNotCounted_PermitComesBack()
    {
        var script = Begin(1);
        var anna = script.Process(1);
        int slot = Join(anna);
        _cell.TryTake(slot);
        _memory.Words[8 + slot].ShouldBe(0, "one swap is all that taking is");
        anna.Dies();
        _cell.Count.ShouldBe(1);
    }

    [Fact]
    public void ProcessGone_WhileItCountsForAnother_CountsOnce()
    {
        var script = Begin(3);
        var (anna, bert) = (script.Process(1), script.Process(2));
        var (ofAnna, ofBert) = (Join(anna), Join(bert));
        _cell.TryTake(ofAnna);
        _cell.TryTake(ofAnna);
        long word = _memory.Words[0];
        _cell.TryClose(ref word).ShouldBeTrue();
        bert.Dies();
        (_cell.Count, _cell.Held(ofAnna)).ShouldBe((1, 2));
        _cell.TryTake(ofAnna);
        anna.Dies();
        _cell.Count.ShouldBe(3);
        ofBert.ShouldNotBe(ofAnna);
    }

    [Fact]
    public void TryTake_ManyPermitsByOneProcess_AreCountedInParts()
    {
        var script = Begin(100);
        var anna = script.Process(1);
        int slot = Join(anna);
        for (int i = 1; i <= 100; i++)
        {
            _cell.TryTake(slot).ShouldBeTrue();
            _cell.Held(slot).ShouldBe(i);
        }

        for (int i = 99; i >= 0; i--)
        {
            _cell.Give(slot, SemaphoreCell.MaxCount).ShouldBe(PermitOutcome.Done);
            _cell.Held(slot).ShouldBe(i);
        }

        _cell.Count.ShouldBe(100);
    }

    [Fact]
    public void Join_SlotOfADeadHolder_BeginsWithNothingHeld()
    {
        var script = Begin(1);
        var (anna, bert) = (script.Process(1), script.Process(2));
        int slot = Join(anna);
        _cell.TryTake(slot);
        anna.Dies();
        Join(bert).ShouldBe(slot);
        _cell.Held(slot).ShouldBe(0);
        bert.Dies();
        _cell.Count.ShouldBe(1);
    }

    [Fact]
    public void Join_AllSlotsTaken_IsServedByCommands()
    {
        var script = Begin(1);
        var last = FillSlots(script);
        Join(last).ShouldBe(-1);
        last.Asks(Acquire()).ShouldBeDone();
        _cell.Count.ShouldBe(0);
        last.Asks(SemaphoreCommand.Release.Instance).ShouldBeDone();
        _cell.Count.ShouldBe(1);
        last.Asks(Acquire(TimeSpan.Zero)).ShouldBeDone();
        last.Dies();
        _cell.Count.ShouldBe(1);
    }

    [Fact]
    public void Join_SlotComesFreeWhileHoldingWithoutOne_PermitsStayRight()
    {
        var script = Begin(1);
        var last = FillSlots(script);
        last.Asks(Acquire()).ShouldBeDone();
        script.Process(1).Dies();
        Join(last);
        last.Asks(SemaphoreCommand.Release.Instance).ShouldBeDone();
        last.Asks(Acquire(TimeSpan.Zero)).ShouldBeDone();
        last.Dies();
        _cell.Count.ShouldBe(1);
    }

    private static SemaphoreCommand.Acquire Acquire(TimeSpan? timeout = null) => new(timeout);

    private static int Join(Participant process) => (int)process.Asks(SemaphoreCommand.Join.Instance).ShouldBeDone().Reply!.Value.Number;

    /// <summary>One slot is the node's.</summary>
    private static Participant FillSlots(Script script)
    {
        for (int i = 1; i < SemaphoreCell.Slots; i++)
        {
            Join(script.Process(i)).ShouldBe(i);
        }

        return script.Process(SemaphoreCell.Slots);
    }

    private Script Begin(int count, int maximum = SemaphoreCell.MaxCount) => new(new SemaphoreState(_cell, count, maximum));

    private void Give(Participant process, int slot)
    {
        _cell.Give(slot, SemaphoreCell.MaxCount).ShouldBe(PermitOutcome.NeedsNode);
        process.Tells(SemaphoreCommand.Grant.Instance);
    }
}
