using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Table;

/// <summary>Deaths of holders.</summary>
internal static class HolderRows
{
    public static TimeSpan Lock()
    {
        using var gate = Mp.Lock();
        return Of(gate);
    }

    public static TimeSpan RLock()
    {
        using var gate = Mp.RLock();
        return Of(gate);
    }

    public static TimeSpan ManagersLock()
    {
        using var manager = Mp.Manager();
        return Of(manager.Lock());
    }

    public static TimeSpan Permits()
    {
        using var permits = Mp.Semaphore(2);
        using var doomed = Doomed.At(there =>
        {
            permits.Acquire();
            permits.Acquire();
            there.Set();
        });
        permits.TryAcquire().ShouldBeFalse();
        doomed.Kill();
        permits.Acquire(InChild.Bound).ShouldBeTrue("a permit of the dead is back");
        var time = doomed.SinceKill;
        permits.Acquire(InChild.Bound).ShouldBeTrue("the other one too");
        permits.TryAcquire().ShouldBeFalse("no permit came back twice");
        return time;
    }

    private static TimeSpan Of(SharedLockBase gate)
    {
        using var doomed = Doomed.At(there =>
        {
            gate.Acquire();
            there.Set();
        });
        gate.Acquire(TimeSpan.Zero).ShouldBeFalse();
        long fence = gate.Fence;
        doomed.Kill();
        gate.Acquire(InChild.Bound).ShouldBeTrue("the next one gets the lock of the dead");
        var time = doomed.SinceKill;
        gate.Abandoned.ShouldBeTrue();
        gate.Fence.ShouldBeGreaterThan(fence);
        gate.MarkConsistent();
        gate.Release();
        (gate.Abandoned, gate.Locked).ShouldBe((false, false));
        return time;
    }
}
