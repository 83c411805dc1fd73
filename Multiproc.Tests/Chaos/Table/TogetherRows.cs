using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Table;

/// <summary>Deaths of leaders, and of holders of several locks.</summary>
internal static class TogetherRows
{
    /// <summary>The kernel gives its seat to the next candidate, which looks for it now and then.</summary>
    public static TimeSpan Leader()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            string path = folder.FullName;
            using var fences = Mp.Queue<long>();
            using var doomed = Doomed.At(there =>
            {
                var leadership = Mp.Elect("reports", In(path));
                leadership.Wait();
                fences.Put(leadership.Fence);
                there.Set();
            });
            using var candidate = Mp.Elect("reports", In(path));
            return Succeeds(candidate, fences.Get(InChild.Bound), doomed);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static TimeSpan ManagersLeader()
    {
        using var manager = Mp.Manager();
        var address = manager.Address;
        using var fences = Mp.Queue<long>();
        using var doomed = Doomed.At(there =>
        {
            var far = new SyncManager(address);
            far.Connect();
            var leadership = far.Elect("reports");
            leadership.Wait();
            fences.Put(leadership.Fence);
            there.Set();
        });
        using var candidate = manager.Elect("reports");
        return Succeeds(candidate, fences.Get(InChild.Bound), doomed);
    }

    /// <summary>Each of them does what it does alone: none stays behind.</summary>
    public static TimeSpan HolderOfAll()
    {
        using var manager = Mp.Manager();
        var (gate, permits, sides) = (Mp.Lock(), Mp.Semaphore(1), manager.ReadWriteLock());
        using var doomed = Doomed.At(there =>
        {
            Mp.AcquireAll([gate, permits, sides.WriteSide]);
            there.Set();
        });
        Should.Throw<MultiprocTimeoutException>(() => Mp.AcquireAll([permits, gate], TimeSpan.Zero));
        Should.Throw<MultiprocTimeoutException>(() => Mp.AcquireAll([sides.ReadSide], TimeSpan.Zero));
        doomed.Kill();
        using var all = Mp.AcquireAll([sides.WriteSide, permits, gate], InChild.Bound);
        var time = doomed.SinceKill;
        (gate.Abandoned, sides.Abandoned, permits.Value).ShouldBe((true, true, 0));
        return time;
    }

    private static ElectionOptions In(string folder) => new() { Folder = folder, CheckInterval = TimeSpan.FromMilliseconds(5) };

    private static TimeSpan Succeeds(Leadership candidate, long fence, Doomed doomed)
    {
        candidate.Wait(TimeSpan.FromMilliseconds(20)).ShouldBeFalse("the child leads");
        doomed.Kill();
        candidate.Wait(InChild.Bound).ShouldBeTrue("the leader is dead");
        var time = doomed.SinceKill;
        candidate.Fence.ShouldBeGreaterThan(fence);
        return time;
    }
}
