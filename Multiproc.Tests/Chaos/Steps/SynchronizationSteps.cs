using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Steps;

/// <summary>Deaths in operations of locks and their kin.</summary>
internal static class SynchronizationSteps
{
    public static IEnumerable<Step> All =>
    [
        new("`Lock.Acquire`", "acquire: begun", "the lock is free", static step => Acquire(step, isAbandoned: false)),
        new("`Lock.Acquire`", "acquire: held", "the next one gets it, `Abandoned`", static step => Acquire(step, isAbandoned: true)),
        new("`Lock.Release`", "release: begun", "the next one gets it, `Abandoned`", static step => Release(step, isAbandoned: true)),
        new(
            "`Lock.Release`, somebody waits", "release: to be handed over", "the waiter gets it, not `Abandoned`",
            static step => Release(step, isAbandoned: false)),
        new("`Lock.Release`, somebody waits", "release: told", "the waiter gets it, not `Abandoned`", static step => Release(step, isAbandoned: false)),
        new("`Semaphore.Acquire`", "take: held", "the permit is back", Take),
        new("`Semaphore.Release`, somebody waits", "give: counted", "the waiter gets the permit", Give),
        new("`Event.Set`, somebody waits", "set: written", "the waiter goes on", Set),
        new("`Condition.Wait`", "wait: ticket taken", "the lock is `Abandoned`; `Notify` wakes another one", static step => Wait(step, isAbandoned: true)),
        new("`Condition.Wait`", "wait: sent", "the lock is `Abandoned`; `Notify` wakes another one", static step => Wait(step, isAbandoned: true)),
        new("`Condition.Wait`", "wait: lock released", "the lock is free; `Notify` wakes another one", static step => Wait(step, isAbandoned: false)),
        new("`Condition.Notify`", "notify: written", "the waiter goes on", Notify),
        new("`Barrier.Wait`", "arrive: counted", "the party does not count", static step => Arrive(step, isBroken: false)),
        new("`Barrier.Wait`", "arrive: sent", "the barrier is broken", static step => Arrive(step, isBroken: true)),
    ];

    private static void Acquire(string step, bool isAbandoned)
    {
        using var gate = Mp.Lock();
        Step.Dies(step, () => gate.Acquire());
        gate.Acquire(InChild.Bound).ShouldBeTrue();
        gate.Abandoned.ShouldBe(isAbandoned);
    }

    private static void Release(string step, bool isAbandoned)
    {
        using var gate = Mp.Lock();
        using var isHeld = Mp.Event();
        using var isAwaited = Mp.Event();
        Task waiter = Task.CompletedTask;
        Step.Dies(
            step,
            AcquireAndRelease(gate, isHeld, isAwaited),
            () =>
            {
                isHeld.Wait(InChild.Bound).ShouldBeTrue("the lock is held");
                waiter = OwnThread.Run(() =>
                {
                    gate.Acquire(InChild.Bound).ShouldBeTrue("the waiter gets the lock");
                    gate.Abandoned.ShouldBe(isAbandoned);
                });
                Step.AwaitWaiter(gate);
                isAwaited.Set();
            });
        waiter.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    /// <summary>A method of its own: what a lambda captures of the test beside it would be sent with it.</summary>
    private static Action AcquireAndRelease(SharedLock gate, SharedEvent isHeld, SharedEvent isAwaited) => () =>
    {
        gate.Acquire();
        isHeld.Set();
        isAwaited.Wait();
        gate.Release();
    };

    private static Action AcquireAndRelease(SharedBoundedSemaphore permits, SharedEvent isHeld, SharedEvent isAwaited) => () =>
    {
        permits.Acquire();
        isHeld.Set();
        isAwaited.Wait();
        permits.Release();
    };

    private static void Take(string step)
    {
        using var permits = Mp.BoundedSemaphore();
        Step.Dies(step, () => permits.Acquire());
        permits.Acquire(InChild.Bound).ShouldBeTrue("the permit is back");
        permits.TryAcquire().ShouldBeFalse("it is back once");
    }

    private static void Give(string step)
    {
        using var permits = Mp.BoundedSemaphore();
        using var isHeld = Mp.Event();
        using var isAwaited = Mp.Event();
        Task waiter = Task.CompletedTask;
        Step.Dies(
            step,
            AcquireAndRelease(permits, isHeld, isAwaited),
            () =>
            {
                isHeld.Wait(InChild.Bound).ShouldBeTrue("the permit is taken");
                waiter = OwnThread.Run(() => permits.Acquire(InChild.Bound).ShouldBeTrue("the waiter gets the permit"));
                Step.AwaitWaiter(permits);
                isAwaited.Set();
            });
        waiter.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        permits.TryAcquire().ShouldBeFalse("there is one permit");
    }

    private static void Set(string step)
    {
        using var happened = Mp.Event();
        using var isAwaited = Mp.Lock();
        isAwaited.Acquire();
        var waiter = OwnThread.Run(() => happened.Wait(InChild.Bound).ShouldBeTrue("the waiter goes on"));
        Step.AwaitWaiter(happened);
        Step.Dies(step, () => happened.Set());
        waiter.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    private static void Wait(string step, bool isAbandoned)
    {
        using var gate = Mp.Lock();
        using var condition = Mp.Condition(gate);
        Step.Dies(step, () =>
        {
            condition.Acquire();
            condition.Wait();
        });
        gate.Acquire(InChild.Bound).ShouldBeTrue("the lock is free");
        gate.Abandoned.ShouldBe(isAbandoned);
        gate.MarkConsistent();
        gate.Release();
        var other = OwnThread.Run(() =>
        {
            condition.Acquire(InChild.Bound).ShouldBeTrue();
            condition.Wait(InChild.Bound).ShouldBeTrue("the other one is notified");
            condition.Release();
        });
        Step.AwaitWaiter(condition);
        condition.Acquire(InChild.Bound).ShouldBeTrue();
        condition.Notify();
        condition.Release();
        other.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    private static void Notify(string step)
    {
        using var condition = Mp.Condition();
        var waiter = OwnThread.Run(() =>
        {
            condition.Acquire(InChild.Bound).ShouldBeTrue();
            condition.Wait(InChild.Bound).ShouldBeTrue("the waiter is notified");
            condition.Release();
        });
        Step.AwaitWaiter(condition);
        Step.Dies(step, () =>
        {
            condition.Acquire();
            condition.Notify();
        });
        waiter.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    private static void Arrive(string step, bool isBroken)
    {
        using var barrier = Mp.Barrier(2);
        Step.Dies(step, () => barrier.Wait());
        barrier.Broken.ShouldBe(isBroken);
        barrier.Waiting.ShouldBe(0);
        if (isBroken)
        {
            Should.Throw<BrokenBarrierException>(() => barrier.Wait(InChild.Bound));
            barrier.Reset();
        }

        var other = OwnThread.Run(() => barrier.Wait(InChild.Bound));
        barrier.Wait(InChild.Bound);
        other.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }
}
