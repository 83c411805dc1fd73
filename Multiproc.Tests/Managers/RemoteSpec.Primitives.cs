using Multiproc.TestKit;
using Multiproc.Tests.Transport;

namespace Multiproc.Tests.Managers;

/// <content>Locks, semaphores, events, conditions and barriers of another machine.</content>
public abstract partial class RemoteSpec
{
    [Fact]
    public void Lock_IsHeldByOneProcessAtATime()
    {
        var gate = _manager.Lock();
        gate.Locked.ShouldBeFalse();
        using (var hold = gate.Hold())
        {
            hold.Fence.ShouldBe(1);
            gate.Locked.ShouldBeTrue();
            gate.TryAcquire().ShouldBeFalse();
            InOtherProcess(other => other.Gate!.Acquire(TimeSpan.FromMilliseconds(50)).ShouldBeFalse(), gate);
        }

        InOtherProcess(other => other.Gate!.Acquire(ManagerFixture.Bound).ShouldBeTrue(), gate);
        Await.Until("the lock of a process that ended to come back", () => gate.TryAcquire());
        gate.Abandoned.ShouldBeTrue();
        gate.MarkConsistent();
        gate.Abandoned.ShouldBeFalse();
        gate.Release();
        Should.Throw<InvalidOperationException>(gate.Release);
    }

    [Fact]
    public async Task Lock_Awaited_WaitsWithoutAThread()
    {
        var gate = _manager.Lock();
        (await gate.AcquireAsync(cancellation: TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await gate.AcquireAsync(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken)).ShouldBeFalse();
        var next = gate.AcquireAsync(cancellation: TestContext.Current.CancellationToken).AsTask();
        gate.Release();
        (await next.WaitAsync(ManagerFixture.Bound, TestContext.Current.CancellationToken)).ShouldBeTrue();
        gate.Release();
    }

    [Fact]
    public void RLock_IsTakenAgainByItsOwnerOnly()
    {
        var gate = _manager.RLock();
        gate.Acquire().ShouldBeTrue();
        gate.Acquire().ShouldBeTrue();
        Together.Run(() =>
        {
            gate.Acquire(TimeSpan.Zero).ShouldBeFalse();
            Should.Throw<SynchronizationLockException>(gate.Release);
        });
        gate.Release();
        Together.Run(() => gate.Acquire(TimeSpan.Zero).ShouldBeFalse());
        gate.Release();
        Together.Run(() =>
        {
            gate.Acquire(TimeSpan.Zero).ShouldBeTrue();
            gate.Release();
        });
        Should.Throw<InvalidOperationException>(gate.Release);
    }

    [Fact]
    public void Semaphore_CountsPermitsOfAllMachines()
    {
        var permits = _manager.BoundedSemaphore(2);
        permits.Acquire().ShouldBeTrue();
        permits.Value.ShouldBe(1);
        permits.Acquire().ShouldBeTrue();
        permits.TryAcquire().ShouldBeFalse();
        permits.Acquire(TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
        permits.Release(2);
        Should.Throw<InvalidOperationException>(() => permits.Release());
        InOtherProcess(other => other.Permits!.Acquire().ShouldBeTrue(), permits: permits);
        Await.Until("the permit of a process that ended to come back", () => permits.Value == 2);
    }

    [Fact]
    public void Event_IsSetFromAnywhere()
    {
        var flag = _manager.Event();
        flag.IsSet.ShouldBeFalse();
        flag.Wait(TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
        flag.Wait(TimeSpan.Zero).ShouldBeFalse();
        var waiter = Task.Run(() => flag.Wait(ManagerFixture.Bound));
        InOtherProcess(other => other.Flag!.Set(), flag: flag);
        waiter.Wait(ManagerFixture.Bound).ShouldBeTrue();
        waiter.Result.ShouldBeTrue();
        flag.IsSet.ShouldBeTrue();
        flag.Wait().ShouldBeTrue();
        flag.Clear();
        flag.IsSet.ShouldBeFalse();
    }

    [Fact]
    public void Condition_WakesWhoWaitsThere()
    {
        var changed = _manager.Condition();
        var stock = _manager.Value(0);
        Should.Throw<InvalidOperationException>(() => changed.Notify());
        var waiter = Task.Run(() =>
        {
            using (changed.Hold())
            {
                return changed.WaitFor(() => stock.Value > 0, ManagerFixture.Bound);
            }
        });
        InOtherProcess(
            other =>
            {
                using (other.Changed!.Hold())
                {
                    other.Stock!.Value = 1;
                    other.Changed.NotifyAll();
                }
            },
            changed: changed,
            stock: stock);
        waiter.Wait(ManagerFixture.Bound).ShouldBeTrue();
        waiter.Result.ShouldBeTrue();
        using (changed.Hold())
        {
            changed.Acquire();
            changed.Wait(TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
            changed.Release();
        }
    }

    [Fact]
    public void Barrier_OpensWhenAllHaveCome()
    {
        var rounds = _manager.Barrier(2);
        var other = Task.Run(() => rounds.Wait(ManagerFixture.Bound));
        int mine = rounds.Wait(ManagerFixture.Bound);
        other.Wait(ManagerFixture.Bound).ShouldBeTrue();
        new[] { mine, other.Result }.Order().ShouldBe([0, 1]);
        rounds.Broken.ShouldBeFalse();
        Should.Throw<BrokenBarrierException>(() => rounds.Wait(TimeSpan.FromMilliseconds(20)));
        rounds.Broken.ShouldBeTrue();
        rounds.Reset();
        rounds.Waiting.ShouldBe(0);
    }
}
