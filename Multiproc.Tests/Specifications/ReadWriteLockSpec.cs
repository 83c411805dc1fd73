using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What a lock for readers and writers does, wherever its user is.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class ReadWriteLockSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Read_BesideOtherReaders_KeepsWritersOut()
    {
        using var gate = _host.ReadWriteLock();
        gate.AcquireRead().ShouldBeTrue();
        _host.Run(() =>
        {
            gate.AcquireRead(s_short).ShouldBeTrue();
            gate.TryAcquireRead().ShouldBeTrue("a process may have several");
            gate.CurrentReadCount.ShouldBe(3);
            gate.TryAcquireWrite().ShouldBeFalse();
            gate.AcquireWrite(s_short).ShouldBeFalse();
            gate.ReleaseRead();
            gate.ReleaseRead();
        });
        InChild.Run(() => Should.Throw<InvalidOperationException>(gate.ReleaseRead).Message.ShouldContain("reading"));
        gate.CurrentReadCount.ShouldBe(1);
        gate.ReleaseRead();
        gate.TryAcquireWrite().ShouldBeTrue();
        gate.ReleaseWrite();
    }

    [Fact]
    public void Write_KeepsAllOthersOut_AndEachHasAHigherFence()
    {
        using var gate = _host.ReadWriteLock();
        long before;
        using (var hold = gate.WriteLock())
        {
            before = hold.Fence;
            gate.IsWriteLockHeld.ShouldBeTrue();
            gate.Owner!.Value.Pid.ShouldBe(Environment.ProcessId);
            _host.Run(() =>
            {
                gate.TryAcquireRead().ShouldBeFalse();
                gate.AcquireRead(s_short).ShouldBeFalse();
                gate.TryAcquireUpgradeableRead().ShouldBeFalse();
                gate.AcquireWrite(s_short).ShouldBeFalse();
            });
        }

        _host.Run(() =>
        {
            using var hold = gate.WriteLock();
            hold.Fence.ShouldBeGreaterThan(before);
            gate.Fence.ShouldBe(hold.Fence);
            gate.Lost.CanBeCanceled.ShouldBeFalse("outside of a cluster nothing is lost");
        });
        gate.Owner.ShouldBeNull();
    }

    [Fact]
    public void Release_OfWhatIsNotHeld_IsAnError()
    {
        using var gate = _host.ReadWriteLock();
        _host.Run(() =>
        {
            Should.Throw<InvalidOperationException>(gate.ReleaseRead);
            Should.Throw<InvalidOperationException>(gate.ReleaseWrite);
            Should.Throw<InvalidOperationException>(gate.ReleaseUpgradeableRead);
            Should.Throw<InvalidOperationException>(() => gate.Upgrade());
            Should.Throw<InvalidOperationException>(gate.Downgrade);
            using var hold = gate.UpgradeableReadLock();
            Should.Throw<InvalidOperationException>(gate.ReleaseWrite);
            Should.Throw<InvalidOperationException>(gate.Downgrade);
        });
    }

    [Fact]
    public void Upgrade_WaitsForReaders_AndLetsNobodyWriteBetween()
    {
        using var gate = _host.ReadWriteLock();
        using var left = _host.Event();
        gate.AcquireRead();
        using var upgrading = _host.Event();
        var user = BesideUs(() =>
        {
            using var hold = gate.UpgradeableReadLock();
            gate.TryAcquireUpgradeableRead().ShouldBeFalse("there is one at a time");
            gate.TryAcquireRead().ShouldBeTrue("others may read");
            gate.ReleaseRead();
            gate.Upgrade(s_short).ShouldBeFalse("somebody reads");
            upgrading.Set();
            gate.Upgrade().ShouldBeTrue();
            left.IsSet.ShouldBeTrue();
            gate.IsWriteLockHeld.ShouldBeTrue();
            gate.TryAcquireRead().ShouldBeFalse();
            gate.Fence.ShouldBeGreaterThan(hold.Fence);
            gate.Downgrade();
            gate.TryAcquireRead().ShouldBeTrue();
            gate.ReleaseRead();
            gate.Upgrade(TimeSpan.Zero).ShouldBeTrue("it may be upgraded again, and released so");
        });
        upgrading.Wait(InChild.Bound).ShouldBeTrue("the user is about to upgrade");
        left.Set();
        gate.ReleaseRead();
        user.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        gate.TryAcquireWrite().ShouldBeTrue("it is free in the end");
        gate.ReleaseWrite();
    }

    [Fact]
    public void AcquireAsync_EachSide_DoesTheSame()
    {
        using var gate = _host.ReadWriteLock();
        _host.Run(() => All(gate).GetAwaiter().GetResult());
        gate.TryAcquireWrite().ShouldBeTrue();

        static async Task All(SharedReadWriteLock gate)
        {
            await using (await gate.ReadLockAsync())
            {
                (await gate.AcquireWriteAsync(s_short)).ShouldBeFalse();
                (await gate.AcquireReadAsync(s_short)).ShouldBeTrue();
                gate.ReleaseRead();
            }

            await using (await gate.WriteLockAsync())
            {
                (await gate.AcquireReadAsync(TimeSpan.Zero)).ShouldBeFalse();
                (await gate.AcquireUpgradeableReadAsync(s_short)).ShouldBeFalse();
            }

            await using (await gate.UpgradeableReadLockAsync())
            {
                (await gate.AcquireReadAsync()).ShouldBeTrue();
                (await gate.UpgradeAsync(s_short)).ShouldBeFalse();
                gate.ReleaseRead();
                (await gate.UpgradeAsync()).ShouldBeTrue();
            }

            using var source = new CancellationTokenSource();
            using var writes = gate.WriteLock();
            var waiting = gate.AcquireReadAsync(null, source.Token).AsTask();
            await source.CancelAsync();
            (await Should.ThrowAsync<OperationCanceledException>(async () => await waiting)).CancellationToken.ShouldBe(source.Token);
        }
    }

    [Fact]
    public void ReadersAndWriters_Together_NeverSeeAHalfWrittenPair()
    {
        const int Rounds = 300;
        using var gate = _host.ReadWriteLock();
        using var pair = Mp.RawArray<long>(2);
        var here = OwnThread.Run(() => Work(gate, pair));
        _host.Run(() => Work(gate, pair));
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        pair.Span.ToArray().ShouldBe([2 * Rounds, 2 * Rounds]);

        static void Work(SharedReadWriteLock gate, SharedArray<long> pair)
        {
            var reader = OwnThread.Run(() =>
            {
                for (int i = 0; i < 20 * Rounds; i++)
                {
                    using var _ = gate.ReadLock();
                    pair[0].ShouldBe(pair[1]);
                }
            });
            for (int i = 0; i < Rounds; i++)
            {
                using var _ = gate.WriteLock();
                pair[0]++;
                pair[1]++;
            }

            reader.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        }
    }

    [Fact]
    public void Writer_ThatWaits_IsNotOvertakenByReaders()
    {
        using var gate = _host.ReadWriteLock();
        gate.AcquireRead();
        using var written = Mp.Event();
        var writer = BesideUs(() =>
        {
            gate.AcquireWrite();
            written.Set();
            gate.ReleaseWrite();
        });

        // It waits from the moment on in which readers are not let in any more.
        Await.Until("the writer waits", () =>
        {
            if (!gate.TryAcquireRead())
            {
                return true;
            }

            gate.ReleaseRead();
            return false;
        });
        written.IsSet.ShouldBeFalse();
        var reader = gate.AcquireReadAsync(InChild.Bound).AsTask();
        gate.ReleaseRead();
        reader.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBeTrue();
        written.IsSet.ShouldBeTrue("the writer came first");
        gate.ReleaseRead();
        writer.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    /// <summary>A method of its own: the body must not capture the host, which cannot be sent.</summary>
    private Task BesideUs(Action body) => OwnThread.Run(() => _host.Run(body));
}

public sealed class ReadWriteLockInProcess : ReadWriteLockSpec<InProcessHost>;

public sealed class ReadWriteLockInChild : ReadWriteLockSpec<ChildHost>
{
    [Fact]
    public void FindDeadlocks_ReadersThatWantToWriteCrosswise_AreNamed()
    {
        using var first = Mp.ReadWriteLock();
        using var second = Mp.ReadWriteLock();
        using var meeting = Mp.Barrier(2);
        using var child = InChild.Start(() => ReadAndWrite(second, first, meeting));
        var here = OwnThread.Run(() => ReadAndWrite(first, second, meeting));
        DeadlockReport? found = null;
        Await.Until("the deadlock is found", () => (found = Mp.FindDeadlocks().SingleOrDefault(
            each => each.Steps.Any(step => step.ObjectId == first.Handle.Id))) is not null);
        found!.Steps.Select(static each => each.Who.Pid).Order().ShouldBe(new[] { Environment.ProcessId, child.Pid!.Value }.Order());
        found.Steps.Select(static each => each.ObjectId).Order().ShouldBe([first.Handle.Id, second.Handle.Id]);
        child.KillAndJoin();
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        second.Abandoned.ShouldBeFalse("it only read");

        static void ReadAndWrite(SharedReadWriteLock mine, SharedReadWriteLock other, SharedBarrier meeting)
        {
            using var _ = mine.ReadLock();
            meeting.Wait(InChild.Bound);
            other.AcquireWrite();
        }
    }
}

public sealed class ReadWriteLockInManager : ReadWriteLockSpec<ManagerHost>;
