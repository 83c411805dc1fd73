using Multiproc.Objects.Locks;

namespace Multiproc.Tests.States;

public sealed class LockStateTests : IDisposable
{
    private const int Main = 1;
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly CellMemory _memory = new(LockCell.Bytes);
    private readonly LockCell _cell;
    private readonly Script _script;
    private readonly Participant _anna;
    private readonly Participant _bert;
    private readonly Participant _carl;

    public LockStateTests()
    {
        _cell = _memory.Lock;
        _script = new Script(new LockState(_cell));
        (_anna, _bert, _carl) = (_script.Process(1), _script.Process(2), _script.Process(3));
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void TryAcquire_FreeLock_NeedsNoMessage()
    {
        _cell.TryAcquire(_anna.Number, Main).ShouldBeTrue();
        _cell.TryAcquire(_bert.Number, Main).ShouldBeFalse();
        _cell.IsHeldBy(_anna.Number, Main).ShouldBeTrue();
        (_cell.HolderProcess, _cell.HolderThread).ShouldBe((_anna.Number, Main));
        _cell.TryRelease().ShouldBe(ReleaseOutcome.Released);
        _cell.TryAcquire(_bert.Number, Main).ShouldBeTrue();
        _cell.Fence.ShouldBe(2);
    }

    [Fact]
    public void Release_WithWaiters_HandsOverInTheirOrder()
    {
        _cell.TryAcquire(_anna.Number, Main);
        var bert = _bert.Asks(Acquire()).ShouldWait();
        var carl = _carl.Asks(Acquire()).ShouldWait();
        Release(_anna);
        bert.ShouldAnswer(2);
        carl.ShouldWait();
        _cell.TryAcquire(_anna.Number, Main).ShouldBeFalse();
        Release(_bert);
        carl.ShouldAnswer(3);
        Release(_carl, ReleaseOutcome.Released);
        _cell.TryAcquire(_anna.Number, Main).ShouldBeTrue();
    }

    [Fact]
    public void Release_OfFreeLock_IsNotHeld()
    {
        _cell.TryRelease().ShouldBe(ReleaseOutcome.NotHeld);
        _cell.TryReleaseOwned(_anna.Number, Main).ShouldBe(ReleaseOutcome.NotHeld);
    }

    [Fact]
    public void Acquire_ReleasedWhileTheMessageTravelled_IsGranted()
    {
        _cell.TryAcquire(_anna.Number, Main);
        _cell.TryRelease();
        _bert.Asks(Acquire()).ShouldAnswer(2);
    }

    [Fact]
    public void Acquire_WithoutWaiting_LeavesTheFastPathOpen()
    {
        _cell.TryAcquire(_anna.Number, Main);
        _bert.Asks(Acquire(TimeSpan.Zero)).ShouldTimeOut();
        Release(_anna, ReleaseOutcome.Released);
    }

    [Fact]
    public void Acquire_LastWaiterTimesOut_OpensTheFastPath()
    {
        _cell.TryAcquire(_anna.Number, Main);
        var bert = _bert.Asks(Acquire(s_second));
        var carl = _carl.Asks(Acquire(2 * s_second));
        _script.Pass(s_second);
        bert.ShouldTimeOut();
        carl.ShouldWait();
        _script.Pass(s_second);
        carl.ShouldTimeOut();
        Release(_anna, ReleaseOutcome.Released);
    }

    [Fact]
    public void Acquire_Cancelled_IsPassedOver()
    {
        _cell.TryAcquire(_anna.Number, Main);
        var bert = _bert.Asks(Acquire());
        var carl = _carl.Asks(Acquire());
        bert.IsCancelled();
        bert.ShouldEndCancelled();
        Release(_anna);
        carl.ShouldBeDone();
    }

    [Fact]
    public void Acquire_CancelledBetweenReleaseAndItsMessage_DoesNotKeepTheLock()
    {
        _cell.TryAcquire(_anna.Number, Main);
        var bert = _bert.Asks(Acquire());
        _cell.TryRelease().ShouldBe(ReleaseOutcome.NeedsNode);
        bert.IsCancelled();
        bert.ShouldEndCancelled();
        _cell.IsHeld.ShouldBeFalse();
        _anna.Tells(LockCommand.HandOver.Instance);
        _cell.TryAcquire(_carl.Number, Main).ShouldBeTrue();
    }

    [Fact]
    public void HandOver_ThatComesLate_TakesNothingFromTheNextHolder()
    {
        _cell.TryAcquire(_anna.Number, Main);
        var bert = _bert.Asks(Acquire());
        _cell.TryRelease();
        _carl.Dies();
        bert.ShouldBeDone();
        _anna.Tells(LockCommand.HandOver.Instance);
        _cell.IsHeldBy(_bert.Number, Main).ShouldBeTrue();
    }

    [Fact]
    public void ProcessGone_Holder_GivesAbandonedLockToTheNext()
    {
        _cell.TryAcquire(_anna.Number, Main);
        var bert = _bert.Asks(Acquire());
        _anna.Dies();
        bert.ShouldBeDone();
        _cell.IsAbandoned.ShouldBeTrue();
        Release(_bert, ReleaseOutcome.Released);
        _cell.IsAbandoned.ShouldBeTrue("nobody has said that the data is in order");
        _cell.TryAcquire(_carl.Number, Main).ShouldBeTrue();
        _cell.ClearAbandoned();
        _cell.IsAbandoned.ShouldBeFalse();
        _cell.IsHeldBy(_carl.Number, Main).ShouldBeTrue();
    }

    [Fact]
    public void ProcessGone_HolderAndNobodyWaits_FreesTheLock()
    {
        _cell.TryAcquire(_anna.Number, Main);
        _anna.Dies();
        _cell.IsHeld.ShouldBeFalse();
        _cell.IsAbandoned.ShouldBeTrue();
        _cell.TryAcquire(_bert.Number, Main).ShouldBeTrue();
    }

    [Fact]
    public void ProcessGone_Waiter_IsPassedOver()
    {
        _cell.TryAcquire(_anna.Number, Main);
        _bert.Asks(Acquire());
        var carl = _carl.Asks(Acquire());
        _bert.Dies();
        Release(_anna);
        carl.ShouldBeDone();
        _cell.IsAbandoned.ShouldBeFalse();
    }

    [Fact]
    public void ProcessGone_ReleaserBeforeItsMessage_LockGoesOnWithoutBlame()
    {
        _cell.TryAcquire(_anna.Number, Main);
        var bert = _bert.Asks(Acquire());
        _cell.TryRelease();
        _anna.Dies();
        bert.ShouldBeDone();
        _cell.IsAbandoned.ShouldBeFalse();
    }

    [Fact]
    public void TryReleaseOwned_Levels_FreesWithTheLast()
    {
        _cell.TryAcquire(_anna.Number, Main);
        _cell.AddDepth(1).ShouldBe(2);
        _cell.TryReleaseOwned(_anna.Number, Main + 1).ShouldBe(ReleaseOutcome.NotOwner);
        _cell.TryReleaseOwned(_anna.Number, Main).ShouldBe(ReleaseOutcome.Released);
        _cell.IsHeld.ShouldBeTrue();
        _cell.TryReleaseOwned(_anna.Number, Main).ShouldBe(ReleaseOutcome.Released);
        _cell.IsHeld.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, int.MaxValue)]
    [InlineData((1 << 29) - 3, -1)]
    public void OwnerOf_Extremes_KeepProcessAndThread(int process, int thread)
    {
        _cell.TryAcquire(process, thread).ShouldBeTrue();
        (_cell.HolderProcess, _cell.HolderThread).ShouldBe((process, thread));
        _cell.IsHandOff.ShouldBeFalse();
    }

    private static LockCommand.Acquire Acquire(TimeSpan? timeout = null) => new(Main, timeout);

    private void Release(Participant holder, ReleaseOutcome expected = ReleaseOutcome.NeedsNode)
    {
        _cell.TryRelease().ShouldBe(expected);
        if (expected == ReleaseOutcome.NeedsNode)
        {
            holder.Tells(LockCommand.HandOver.Instance);
        }
    }
}
