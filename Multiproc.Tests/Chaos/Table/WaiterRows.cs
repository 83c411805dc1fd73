using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Table;

/// <summary>Deaths of waiters.</summary>
internal static class WaiterRows
{
    public static TimeSpan Event()
    {
        using var flag = Mp.Event();
        using var doomed = Doomed.At(there =>
        {
            there.Set();
            flag.Wait();
        });
        AwaitWaiting(flag, 1);
        var other = OwnThread.Run(() => flag.Wait(InChild.Bound).ShouldBeTrue("the other one is woken"));
        AwaitWaiting(flag, 2);
        doomed.Kill();
        flag.Set();
        other.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        return doomed.SinceKill;
    }

    public static TimeSpan Condition()
    {
        using var condition = Mp.Condition();
        using var doomed = Doomed.At(there =>
        {
            using var _ = condition.Hold();
            there.Set();
            condition.Wait();
        });
        condition.Hold().Dispose();
        using var asleep = new ManualResetEventSlim();
        var other = OwnThread.Run(() =>
        {
            using var _ = condition.Hold();
            asleep.Set();
            condition.Wait(InChild.Bound).ShouldBeTrue("the other one is notified, not the dead");
        });
        asleep.Wait(InChild.Bound).ShouldBeTrue("the other one is about to wait");
        using (condition.Hold())
        {
            condition.Notify();
            doomed.Kill();
        }

        other.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        return doomed.SinceKill;
    }

    public static TimeSpan Barrier()
    {
        using var barrier = Mp.Barrier(3);
        using var doomed = Doomed.At(there =>
        {
            there.Set();
            barrier.Wait();
        });
        var other = OwnThread.Run(() => Should.Throw<BrokenBarrierException>(() => barrier.Wait(InChild.Bound)).Message.ShouldNotContain("60 s"));
        Await.Until("both parties wait", () => barrier.Waiting == 2);
        doomed.Kill();
        other.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        var time = doomed.SinceKill;
        barrier.Broken.ShouldBeTrue();
        return time;
    }

    private static void AwaitWaiting(SharedObject facade, int count) =>
        Await.Until($"{count} wait", () => Mp.Inspect().Single(each => each.Id == facade.Handle.Id).Waiters.Count == count);
}
