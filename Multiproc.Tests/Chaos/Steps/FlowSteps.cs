using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Steps;

/// <summary>Deaths in operations of read-write locks, countdowns, caches and dead letters.</summary>
internal static class FlowSteps
{
    public static IEnumerable<Step> All =>
    [
        new("`ReadWriteLock.AcquireRead`", "read: held", "the hold has ended; a writer gets the lock, not `Abandoned`", Read),
        new("`ReadWriteLock.ReleaseRead`, a writer waits", "end read: counted", "the writer gets the lock, not `Abandoned`", EndRead),
        new("`Countdown.Signal`, the last one, somebody waits", "signal: counted", "the signal counts, and the waiter goes on", Signal),
        new("`Cache.GetOrAdd`", "make: claimed", "the next one runs its factory", static step => Make(step, isKept: false)),
        new("`Cache.GetOrAdd`", "make: made", "the next one runs its factory", static step => Make(step, isKept: false)),
        new("`Cache.GetOrAdd`", "make: kept", "the value is there", static step => Make(step, isKept: true)),
        new("`DeadLetters.Get`", "letter: given", "the dead letter is back in its place", Letter),
    ];

    private static void Read(string step)
    {
        using var gate = Mp.ReadWriteLock();
        Step.Dies(step, () => gate.AcquireRead());
        gate.AcquireWrite(InChild.Bound).ShouldBeTrue("a writer gets the lock of the dead reader");
        (gate.Abandoned, gate.CurrentReadCount).ShouldBe((false, 0));
    }

    private static void EndRead(string step)
    {
        using var gate = Mp.ReadWriteLock();
        using var isHeld = Mp.Event();
        using var isAwaited = Mp.Event();
        Task waiter = Task.CompletedTask;
        Step.Dies(
            step,
            ReadAndRelease(gate, isHeld, isAwaited),
            () =>
            {
                isHeld.Wait(InChild.Bound).ShouldBeTrue("the lock is held");
                waiter = OwnThread.Run(() =>
                {
                    gate.AcquireWrite(InChild.Bound).ShouldBeTrue("the writer gets the lock");
                    gate.Abandoned.ShouldBeFalse();
                });
                Step.AwaitWaiter(gate);
                isAwaited.Set();
            });
        waiter.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    /// <summary>A method of its own: what a lambda captures of the test beside it would be sent with it.</summary>
    private static Action ReadAndRelease(SharedReadWriteLock gate, SharedEvent isHeld, SharedEvent isAwaited) => () =>
    {
        gate.AcquireRead();
        isHeld.Set();
        isAwaited.Wait();
        gate.ReleaseRead();
    };

    private static void Signal(string step)
    {
        using var left = Mp.Countdown(1);
        var waiter = OwnThread.Run(() => left.Wait(InChild.Bound).ShouldBeTrue("the waiter goes on"));
        Step.AwaitWaiter(left);
        Step.Dies(step, () => left.Signal());
        waiter.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        left.CurrentCount.ShouldBe(0);
    }

    private static void Make(string step, bool isKept)
    {
        using var cache = Mp.Cache<int, int>();
        Step.Dies(step, () => cache.GetOrAdd(1, static _ => 7));
        cache.GetOrAdd(1, static _ => 8, InChild.Bound).ShouldBe(isKept ? 7 : 8);
    }

    private static void Letter(string step)
    {
        using var queue = Mp.Queue<int>(new SharedQueueOptions { MaxRedeliveries = 0 });
        queue.PutMany([1, 2]);
        queue.Lease().Abandon();
        queue.Lease().Abandon();
        Step.Dies(step, () => queue.DeadLetters.Get());
        queue.DeadLetters.Get(InChild.Bound).ShouldBe(new DeadLetter<int>(1, DeadLetterReason.Redelivered, 1));
        queue.DeadLetters.Get(InChild.Bound).Item.ShouldBe(2);
    }
}
