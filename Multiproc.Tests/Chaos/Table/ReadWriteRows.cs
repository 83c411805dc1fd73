using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Table;

/// <summary>Deaths of readers and writers of a read-write lock, and of participants of a countdown.</summary>
internal static class ReadWriteRows
{
    public static TimeSpan Writer()
    {
        using var gate = Mp.ReadWriteLock();
        return Writer(gate);
    }

    public static TimeSpan ManagersWriter()
    {
        using var manager = Mp.Manager();
        return Writer(manager.ReadWriteLock());
    }

    public static TimeSpan Reader()
    {
        using var gate = Mp.ReadWriteLock();
        using var doomed = Doomed.At(there =>
        {
            gate.AcquireRead();
            gate.AcquireRead();
            there.Set();
        });
        gate.AcquireWrite(TimeSpan.Zero).ShouldBeFalse();
        var waiting = OwnThread.Run(() => gate.AcquireWrite(InChild.Bound).ShouldBeTrue("the writer gets the lock of the dead readers"));
        doomed.Kill();
        waiting.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        var time = doomed.SinceKill;
        (gate.Abandoned, gate.CurrentReadCount).ShouldBe((false, 0));
        gate.ReleaseWrite();
        return time;
    }

    public static TimeSpan Upgrader()
    {
        using var gate = Mp.ReadWriteLock();
        gate.AcquireRead();
        using var doomed = Doomed.At(there =>
        {
            gate.AcquireUpgradeableRead();
            there.Set();
            gate.Upgrade();
        });
        TestKit.Await.Until("the upgrade waits", () => Mp.Inspect().Single(each => each.Id == gate.Handle.Id).Waiters.Count == 1);
        gate.TryAcquireRead().ShouldBeFalse("readers are kept out by it");
        doomed.Kill();
        gate.AcquireRead(InChild.Bound).ShouldBeTrue("nobody upgrades any more");
        var time = doomed.SinceKill;
        gate.AcquireUpgradeableRead(InChild.Bound).ShouldBeTrue("the place of the dead is free");
        gate.Abandoned.ShouldBeFalse("it had not written yet");
        return time;
    }

    /// <summary>Nothing by itself; and who waits for it is told when its node dies.</summary>
    public static TimeSpan Participant()
    {
        using var left = Mp.Countdown(2);
        using var doomed = Doomed.At(there =>
        {
            left.Signal();
            there.Set();
            left.Wait();
        });
        TestKit.Await.Until("the child waits", () => Mp.Inspect().Single(each => each.Id == left.Handle.Id).Waiters.Count == 1);
        var waiting = OwnThread.Run(() => left.Wait(InChild.Bound).ShouldBeTrue("the signal of another lets it go"));
        doomed.Kill();
        doomed.Dispose();
        left.CurrentCount.ShouldBe(1, "what it signalled stays, and what it did not is not counted");
        left.Signal().ShouldBeTrue();
        waiting.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        return doomed.SinceKill;
    }

    private static TimeSpan Writer(SharedReadWriteLock gate)
    {
        using var doomed = Doomed.At(there =>
        {
            gate.AcquireWrite();
            there.Set();
        });
        gate.AcquireRead(TimeSpan.Zero).ShouldBeFalse();
        long fence = gate.Fence;
        doomed.Kill();
        gate.AcquireRead(InChild.Bound).ShouldBeTrue("the next one gets the lock of the dead");
        var time = doomed.SinceKill;
        gate.Abandoned.ShouldBeTrue("also a reader is told");
        gate.ReleaseRead();
        using (var hold = gate.WriteLock())
        {
            hold.Fence.ShouldBeGreaterThan(fence);
            gate.MarkConsistent();
        }

        (gate.Abandoned, gate.IsWriteLockHeld).ShouldBe((false, false));
        return time;
    }
}
