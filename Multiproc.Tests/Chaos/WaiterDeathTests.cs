using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos;

/// <summary>The rows of the death table about who waits at a condition or a barrier, with a real kill -9.</summary>
public sealed class WaiterDeathTests
{
    [Fact]
    public void Condition_WaiterKilled_IsForgotten()
    {
        using var condition = Mp.Condition();
        using var asleep = Mp.Queue<int>();
        using var doomed = InChild.Start(() => WaitAt(condition, asleep, null));
        AwaitAsleep(condition, asleep);
        using var lucky = InChild.Start(() => WaitAt(condition, asleep, null));
        AwaitAsleep(condition, asleep);
        doomed.KillAndJoin();
        Notify(condition);
        lucky.Join(InChild.Bound).ShouldBeTrue("the notification is for who lives");
        lucky.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Condition_NotifiedWaiterKilledBeforeItHadTheLock_AnotherOneIsWoken()
    {
        using var condition = Mp.Condition();
        using var asleep = Mp.Queue<int>();
        using var doomed = InChild.Start(() => WaitAt(condition, asleep, InChild.Bound));
        AwaitAsleep(condition, asleep);
        using var lucky = InChild.Start(() => WaitAt(condition, asleep, null));
        AwaitAsleep(condition, asleep);
        using (condition.Hold())
        {
            condition.Notify();
            doomed.KillAndJoin();
        }

        lucky.Join(InChild.Bound).ShouldBeTrue("the notification of the dead goes to the other one");
        lucky.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Condition_HolderKilled_OthersGoOn()
    {
        using var condition = Mp.Condition();
        using var asleep = Mp.Queue<int>();
        using var waiter = InChild.Start(() => WaitAt(condition, asleep, null));
        AwaitAsleep(condition, asleep);
        using var holder = InChild.Start(() =>
        {
            condition.Acquire();
            condition.Notify();
            asleep.Put(0);
            Thread.CurrentThread.Join();
        });
        asleep.Get(InChild.Bound);
        holder.KillAndJoin();
        waiter.Join(InChild.Bound).ShouldBeTrue("it was notified, and takes the lock of the dead");
        waiter.ExitCode.ShouldBe(0);
        condition.Acquire(InChild.Bound).ShouldBeTrue("the lock is free in the end");
    }

    [Fact]
    public void Barrier_WaitingPartyKilled_BreaksItForTheOthers()
    {
        using var barrier = Mp.Barrier(3);
        using var outcomes = Mp.Queue<string>();
        using var doomed = InChild.Start(() => barrier.Wait());
        using var other = InChild.Start(() => Tell(barrier, outcomes));
        var here = OwnThread.Run(() =>
        {
            AwaitWaiting(barrier, 2);
            doomed.KillAndJoin();
        });
        outcomes.Get(InChild.Bound).ShouldBe(nameof(BrokenBarrierException));
        here.Wait(InChild.Bound).ShouldBeTrue("the party is killed");
        barrier.Broken.ShouldBeTrue();
        Should.Throw<BrokenBarrierException>(() => barrier.Wait());
        other.Join(InChild.Bound).ShouldBeTrue("the other party ends");
        barrier.Reset();
        using var fresh = InChild.Start(() => Tell(barrier, outcomes));
        using var second = InChild.Start(() => Tell(barrier, outcomes));
        barrier.Wait(InChild.Bound).ShouldBeInRange(0, 2);
        outcomes.Get(InChild.Bound).ShouldBe("passed");
        outcomes.Get(InChild.Bound).ShouldBe("passed");
    }

    [Fact]
    public void Barrier_RunnerOfTheActionKilled_BreaksItForTheOthers()
    {
        using var acting = Mp.Event();
        using var barrier = Mp.Barrier(2, () =>
        {
            acting.Set();
            Thread.CurrentThread.Join();
        });
        var here = OwnThread.Run(() => Should.Throw<BrokenBarrierException>(() => barrier.Wait()));
        AwaitWaiting(barrier, 1);
        using var doomed = InChild.Start(() => barrier.Wait());
        acting.Wait(InChild.Bound).ShouldBeTrue("the child runs the action");
        doomed.KillAndJoin();
        here.Wait(InChild.Bound).ShouldBeTrue("the other party is told");
        barrier.Broken.ShouldBeTrue();
    }

    [Fact]
    public void Barrier_ProcessThatPassedKilled_ChangesNothing()
    {
        using var barrier = Mp.Barrier(2);
        using var passed = Mp.Event();
        using var gone = InChild.Start(() =>
        {
            barrier.Wait();
            passed.Set();
            Thread.CurrentThread.Join();
        });
        barrier.Wait(InChild.Bound);
        passed.Wait(InChild.Bound).ShouldBeTrue("the child has passed");
        gone.KillAndJoin();
        barrier.Broken.ShouldBeFalse();
        barrier.Waiting.ShouldBe(0);
    }

    [Fact]
    public void NodeOfBothKilled_WhoWaitsIsTold()
    {
        using var objects = Mp.Queue<(SharedCondition Condition, SharedBarrier Barrier)>();
        using var node = InChild.Start(() =>
        {
            objects.Put((Mp.Condition(), Mp.Barrier(2)));
            Thread.CurrentThread.Join();
        });
        var (condition, barrier) = objects.Get(InChild.Bound);
        using var asleep = Mp.Queue<int>();
        var atCondition = OwnThread.Run(() => Should.Throw<ConnectionLostException>(() => WaitAt(condition, asleep, null)));
        var atBarrier = OwnThread.Run(() => Should.Throw<ConnectionLostException>(() => barrier.Wait()));
        AwaitAsleep(condition, asleep);
        AwaitWaiting(barrier, 1);
        node.KillAndJoin();
        Task.WaitAll([atCondition, atBarrier], InChild.Bound).ShouldBeTrue("both are told");
        Should.Throw<ConnectionLostException>(() => barrier.Wait());
    }

    private static void WaitAt(SharedCondition condition, SharedQueue<int> asleep, TimeSpan? timeout)
    {
        using var _ = condition.Hold();
        asleep.Put(0);
        condition.Wait(timeout);
    }

    /// <summary>It says so under the lock: whoever has the lock afterwards finds it waiting.</summary>
    private static void AwaitAsleep(SharedCondition condition, SharedQueue<int> asleep)
    {
        asleep.TryGet(out int _, InChild.Bound).ShouldBeTrue("the child is about to wait");
        condition.Hold().Dispose();
    }

    private static void Notify(SharedCondition condition)
    {
        using var _ = condition.Hold();
        condition.Notify();
    }

    private static void Tell(SharedBarrier barrier, SharedQueue<string> outcomes)
    {
        try
        {
            barrier.Wait();
            outcomes.Put("passed");
        }
        catch (Exception failure)
        {
            outcomes.Put(failure.GetType().Name);
        }
    }

    private static void AwaitWaiting(SharedBarrier barrier, int parties)
    {
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (barrier.Waiting < parties)
        {
            System.Diagnostics.Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(InChild.Bound, $"{parties} parties wait");
            Thread.Yield();
        }
    }
}
