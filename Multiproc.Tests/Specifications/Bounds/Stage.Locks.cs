namespace Multiproc.Tests.Specifications.Bounds;

/// <content>Locks beyond those of Python, and their kin.</content>
public sealed partial class Stage
{
    /// <summary>One that is not ready is held by a writer; for an upgrade, by another reader. Threads of this process may release all of it.</summary>
    private static Subject ReadWrite(SharedReadWriteLock gate, string name, bool ready, string variant)
    {
        bool isUpgrade = name == nameof(SharedReadWriteLock.Upgrade);
        if (isUpgrade)
        {
            gate.AcquireUpgradeableRead();
        }

        if (!ready)
        {
            _ = isUpgrade ? gate.AcquireRead() : gate.AcquireWrite();
        }

        return new Subject(gate, variant)
        {
            Owned = [gate],
            Untouched = () => (gate.CurrentReadCount, gate.IsWriteLockHeld).ShouldBe((!ready && isUpgrade ? 1 : 0, !ready && !isUpgrade)),
        };
    }

    private static Subject Countdown(SharedCountdown left, string variant)
    {
        int count = left.CurrentCount;
        return new Subject(left, variant) { Owned = [left], Untouched = () => left.CurrentCount.ShouldBe(count) };
    }

    /// <summary>One that is not ready has a lock that is held already.</summary>
    private static Subject Together(bool ready)
    {
        var gate = Mp.Lock();
        var permits = Mp.Semaphore(2);
        var held = Mp.ReadWriteLock();
        if (!ready)
        {
            held.AcquireRead();
        }

        return new Subject(Mp.GetContext(), "three locks here")
        {
            Owned = [gate, permits, held],
            Arguments = { ["locks"] = new IAcquirable[] { held.WriteSide, gate, permits } },
            Untouched = () => (gate.Locked, permits.Value, held.IsWriteLockHeld).ShouldBe((false, 2, false)),
        };
    }

    private static Subject Candidate(bool ready)
    {
        string name = $"{Guid.NewGuid():N}";
        var folder = Directory.CreateTempSubdirectory();
        var options = new ElectionOptions { Folder = folder.FullName };
        var leader = ready ? null : Mp.Elect(name, options);
        leader?.Wait(InChildBound).ShouldBeTrue("the first one leads");
        var candidate = Mp.Elect(name, options);
        if (ready)
        {
            candidate.Wait(InChildBound).ShouldBeTrue("the only one leads");
        }

        return new Subject(candidate, "a candidate")
        {
            Owned = [candidate, leader, new Last(() => folder.Delete(recursive: true))],
            Untouched = () => candidate.IsLeader.ShouldBe(ready),
        };
    }
}
