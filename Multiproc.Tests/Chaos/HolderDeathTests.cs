using System.Diagnostics;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos;

/// <summary>The rows of the death table about what a process holds, with a real kill -9.</summary>
public sealed class HolderDeathTests
{
    [Fact]
    public void Lock_HolderKilled_NextTakerGetsItAndSeesIt()
    {
        using var gate = Mp.Lock();
        using var held = Mp.Event();
        using var holder = InChild.Start(() => HoldForEver(gate, held));
        held.Wait(InChild.Bound).ShouldBeTrue("the child holds the lock");
        gate.Acquire(TimeSpan.Zero).ShouldBeFalse();
        holder.Kill();
        gate.Acquire(InChild.Bound).ShouldBeTrue("the lock of the dead is free");
        gate.Abandoned.ShouldBeTrue();
        gate.MarkConsistent();
        gate.Release();
        gate.Abandoned.ShouldBeFalse();
    }

    [Fact]
    public void Lock_HolderKilledWhileOthersWait_FirstWaiterGetsIt()
    {
        using var gate = Mp.Lock();
        using var held = Mp.Event();
        using var order = Mp.Queue<string>();
        using var holder = InChild.Start(() => HoldForEver(gate, held));
        held.Wait(InChild.Bound).ShouldBeTrue("the child holds the lock");
        using var waiting = Mp.Event();
        using var waiter = InChild.Start(() =>
        {
            waiting.Set();
            using var _ = gate.Hold();
            order.Put($"taken, abandoned: {gate.Abandoned}");
        });
        waiting.Wait(InChild.Bound).ShouldBeTrue("the waiter is about to wait");
        long killed = Stopwatch.GetTimestamp();
        holder.Kill();
        order.Get(InChild.Bound).ShouldBe("taken, abandoned: True");
        Stopwatch.GetElapsedTime(killed).ShouldBeLessThan(Promptly.Within(0.1));
        waiter.Join(InChild.Bound).ShouldBeTrue("the waiter ends");
        waiter.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Lock_WaiterKilled_OthersBehindItAreServed()
    {
        using var gate = Mp.Lock();
        gate.Acquire();
        using var waiting = Mp.Event();
        using var doomed = InChild.Start(() =>
        {
            waiting.Set();
            gate.Acquire();
            Thread.CurrentThread.Join();
        });
        waiting.Wait(InChild.Bound).ShouldBeTrue("the child is about to wait");
        using var second = InChild.Start(() =>
        {
            gate.Acquire();
            gate.Release();
        });
        doomed.KillAndJoin();
        gate.Release();
        second.Join(InChild.Bound).ShouldBeTrue("whoever waits behind the dead gets the lock");
        second.ExitCode.ShouldBe(0);
        gate.Acquire(InChild.Bound).ShouldBeTrue("and the lock is free in the end");
    }

    [Fact]
    public void RLock_HolderKilledAtDepthTwo_NextTakerGetsItAtDepthOne()
    {
        using var gate = Mp.RLock();
        using var held = Mp.Event();
        using var holder = InChild.Start(() =>
        {
            gate.Acquire();
            gate.Acquire();
            held.Set();
            Thread.CurrentThread.Join();
        });
        held.Wait(InChild.Bound).ShouldBeTrue("the child holds the lock");
        holder.Kill();
        gate.Acquire(InChild.Bound).ShouldBeTrue("the lock of the dead is free");
        gate.Abandoned.ShouldBeTrue();
        gate.Release();
        gate.Locked.ShouldBeFalse();
    }

    [Fact]
    public void Semaphore_HolderKilled_ItsPermitsComeBackOnce()
    {
        using var permits = Mp.Semaphore(3);
        using var held = Mp.Event();
        using var holder = InChild.Start(() =>
        {
            permits.Acquire();
            permits.Acquire();
            held.Set();
            Thread.CurrentThread.Join();
        });
        held.Wait(InChild.Bound).ShouldBeTrue("the child holds two permits");
        permits.Value.ShouldBe(1);
        permits.Acquire(TimeSpan.Zero).ShouldBeTrue();
        holder.Kill();
        permits.Acquire(InChild.Bound).ShouldBeTrue("a permit of the dead is back");
        permits.Acquire(InChild.Bound).ShouldBeTrue("the other permit of the dead is back");
        permits.Acquire(TimeSpan.Zero).ShouldBeFalse();
    }

    [Fact]
    public void Semaphore_HolderKilledWhileAnotherWaits_WaiterIsServed()
    {
        using var permits = Mp.Semaphore(1);
        using var held = Mp.Event();
        using var holder = InChild.Start(() =>
        {
            permits.Acquire();
            held.Set();
            Thread.CurrentThread.Join();
        });
        held.Wait(InChild.Bound).ShouldBeTrue("the child holds the permit");
        var waiting = permits.AcquireAsync(InChild.Bound).AsTask();
        holder.Kill();
        waiting.Wait(InChild.Bound).ShouldBeTrue("the permit of the dead goes to who waits");
        waiting.Result.ShouldBeTrue();
    }

    [Fact]
    public void Event_WaiterKilled_SetServesTheOthers()
    {
        using var flag = Mp.Event();
        using var waiting = Mp.Semaphore(0);
        using var doomed = InChild.Start(() => WaitFor(flag, waiting));
        using var lucky = InChild.Start(() => WaitFor(flag, waiting));
        waiting.Acquire(InChild.Bound).ShouldBeTrue("one child is about to wait");
        waiting.Acquire(InChild.Bound).ShouldBeTrue("the other one too");
        doomed.KillAndJoin();
        flag.Set();
        lucky.Join(InChild.Bound).ShouldBeTrue("the other waiter wakes");
        lucky.ExitCode.ShouldBe(0);
    }

    private static void WaitFor(SharedEvent flag, SharedSemaphore waiting)
    {
        waiting.Release();
        flag.Wait();
    }

    private static void HoldForEver(SharedLock gate, SharedEvent held)
    {
        gate.Acquire();
        held.Set();
        Thread.CurrentThread.Join();
    }
}
