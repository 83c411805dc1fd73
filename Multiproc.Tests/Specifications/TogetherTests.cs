using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>Several locks at once: all or nothing, in one order.</summary>
public sealed class TogetherTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void AcquireAll_OfEveryKind_HoldsAllAndReleasesAll()
    {
        using var manager = Mp.Manager();
        using var gate = Mp.Lock();
        using var recursive = Mp.RLock();
        using var permits = Mp.Semaphore(2);
        using var bounded = manager.BoundedSemaphore(1);
        using var first = Mp.ReadWriteLock();
        using var second = manager.ReadWriteLock();
        using var third = Mp.ReadWriteLock();
        using var far = manager.Lock();
        using (var held = Mp.AcquireAll([third.UpgradeableReadSide, gate, recursive, permits, bounded, first.ReadSide, second.WriteSide, far]))
        {
            held.Count.ShouldBe(8);
            held.Lost.CanBeCanceled.ShouldBeFalse("none of them is of a cluster");
            (gate.Locked, recursive.Locked, permits.Value, bounded.Value, far.Locked).ShouldBe((true, true, 1, 0, true));
            (first.CurrentReadCount, second.IsWriteLockHeld).ShouldBe((1, true));
            third.TryAcquireUpgradeableRead().ShouldBeFalse();
        }

        (gate.Locked, recursive.Locked, permits.Value, bounded.Value, far.Locked).ShouldBe((false, false, 2, 1, false));
        (first.CurrentReadCount, second.IsWriteLockHeld).ShouldBe((0, false));
        third.TryAcquireUpgradeableRead().ShouldBeTrue();
    }

    [Fact]
    public void AcquireAll_OneOfThemHeld_HoldsNone()
    {
        using var first = Mp.Lock();
        using var second = Mp.Lock();
        using var third = Mp.Lock();
        second.Acquire();
        Should.Throw<MultiprocTimeoutException>(() => Mp.AcquireAll([third, second, first], s_short)).Message.ShouldContain(second.Handle.ToString());
        Should.Throw<MultiprocTimeoutException>(() => Mp.AcquireAllAsync([third, second, first], s_short).AsTask().GetAwaiter().GetResult());
        using var source = new CancellationTokenSource(s_short);
        Should.Throw<OperationCanceledException>(() => Mp.AcquireAll([third, second, first], null, source.Token)).CancellationToken.ShouldBe(source.Token);
        (first.Locked, third.Locked).ShouldBe((false, false));
        second.Release();
        using var all = Mp.AcquireAllAsync([third, second, first]).AsTask().GetAwaiter().GetResult();
        (first.Locked, second.Locked, third.Locked).ShouldBe((true, true, true));
    }

    [Fact]
    public void AcquireAll_WhatCannotBe_IsRefusedByName()
    {
        using var gate = Mp.Lock();
        using var recursive = Mp.RLock();
        using var both = Mp.ReadWriteLock();
        Should.Throw<ArgumentException>(() => Mp.AcquireAll([]));
        Should.Throw<ArgumentNullException>(() => Mp.AcquireAll(null!));
        Should.Throw<ArgumentNullException>(() => Mp.AcquireAll([gate, null!]));
        Should.Throw<ArgumentException>(() => Mp.AcquireAll([gate, recursive, gate])).Message.ShouldContain("twice");
        Should.Throw<ArgumentException>(() => Mp.AcquireAll([both.ReadSide, both.WriteSide])).Message.ShouldContain("twice");
        Should.Throw<ArgumentException>(() => Mp.AcquireAllAsync([recursive, gate])).Message.ShouldContain("thread");
        (gate.Locked, recursive.Locked, both.CurrentReadCount).ShouldBe((false, false, 0));
    }

    [Fact]
    public void Dispose_OneReleasedByAnother_ReleasesTheOthersAndSaysSo()
    {
        using var first = Mp.Lock();
        using var second = Mp.Lock();
        using var third = Mp.Lock();
        var held = Mp.AcquireAll([first, second, third]);
        second.Release();
        Should.Throw<InvalidOperationException>(held.Dispose).Message.ShouldContain(second.Handle.ToString());
        (first.Locked, second.Locked, third.Locked).ShouldBe((false, false, false));
        held.Dispose();
        first.Locked.ShouldBeFalse("it is released once");
        Should.Throw<ObjectDisposedException>(() => held.Lost);
    }

    [Fact]
    public void AcquireAll_InOppositeOrdersByTwoProcesses_NeverBlocksForEver()
    {
        const int Rounds = 300;
        using var manager = Mp.Manager();
        using var first = Mp.Lock();
        using var second = manager.Lock();
        using var third = Mp.ReadWriteLock();
        using var counts = Mp.RawValue(0L);
        var here = OwnThread.Run(() => Work(first, second, third, counts, backwards: false));
        InChild.Run(() => Work(first, second, third, counts, backwards: true));
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        counts.Value.ShouldBe(2 * Rounds);

        static void Work(SharedLock first, SharedLock second, SharedReadWriteLock third, SharedValue<long> counts, bool backwards)
        {
            for (int i = 0; i < Rounds; i++)
            {
                using var _ = Mp.AcquireAll(backwards ? [third.WriteSide, second, first] : [first, second, third.WriteSide], InChild.Bound);
                counts.Value++;
            }
        }
    }

    [Fact]
    public void Holder_OfSeveralKilled_LeavesNoneBehind()
    {
        using var first = Mp.Lock();
        using var second = Mp.Semaphore(1);
        using var held = Mp.Event();
        using var doomed = InChild.Start(() =>
        {
            var _ = Mp.AcquireAll([first, second]);
            held.Set();
            Thread.CurrentThread.Join();
        });
        held.Wait(InChild.Bound).ShouldBeTrue("the child holds both");
        var waiting = OwnThread.Run(() => Mp.AcquireAll([second, first], InChild.Bound).Dispose());
        doomed.Kill();
        waiting.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        first.Abandoned.ShouldBeTrue();
    }
}
