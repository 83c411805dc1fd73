using Multiproc.TestKit;

namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Locks for readers and writers, countdowns, several locks at once and elections in a cluster, used by this process and children.</summary>
[Collection(NodeTests.Name)]
public sealed class LocksBeyondTests(OneNode node) : IClassFixture<OneNode>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ClusterContext _cluster = node.Cluster;

    [Fact]
    public void ReadWriteLock_OfTwoProcesses_KeepsWritersOut_AndADeadWriterLeavesItAbandoned()
    {
        var gate = _cluster.ReadWriteLock("gate");
        gate.AcquireRead(s_patience).ShouldBeTrue();
        gate.CurrentReadCount.ShouldBe(1);
        gate.Lost.IsCancellationRequested.ShouldBeFalse();
        using var child = Mp.Process(
            static (SharedReadWriteLock gate, SharedQueue<long> fences, SharedEvent goOn) =>
            {
                gate.AcquireRead(s_patience).ShouldBeTrue();
                gate.AcquireUpgradeableRead(s_patience).ShouldBeTrue();
                gate.TryAcquireWrite().ShouldBeFalse();
                gate.ReleaseRead();
                gate.Upgrade(TimeSpan.FromMilliseconds(50)).ShouldBeFalse();
                Should.Throw<InvalidOperationException>(gate.ReleaseRead);
                fences.Put(0);
                gate.Upgrade(s_patience).ShouldBeTrue();
                fences.Put(gate.Fence);
                goOn.Wait();
            },
            gate, _fences, _goOn);
        child.Start();
        _fences.Get(s_patience).ShouldBe(0);
        gate.ReleaseRead();
        long fence = _fences.Get(s_patience);
        gate.IsWriteLockHeld.ShouldBeTrue();
        gate.Owner!.Value.Pid.ShouldBe(child.Pid!.Value);
        gate.TryAcquireRead().ShouldBeFalse();
        child.Kill();
        gate.AcquireRead(s_patience).ShouldBeTrue();
        gate.Abandoned.ShouldBeTrue();
        gate.ReleaseRead();
        using (var hold = gate.WriteLock())
        {
            hold.Fence.ShouldBeGreaterThan(fence);
            gate.MarkConsistent();
        }

        gate.Abandoned.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(gate.ReleaseWrite).ShouldNotBeOfType<HoldLostException>();
    }

    [Fact]
    public async Task ReadWriteLockAndCountdown_AfterARestart_AreWhatTheyWere()
    {
        var left = _cluster.Countdown("left", 3);
        left.Signal().ShouldBeFalse();
        var gate = _cluster.ReadWriteLock("kept");
        long fence;
        using (var hold = await gate.WriteLockAsync())
        {
            fence = hold.Fence;
        }

        await node.RestartAsync();
        var again = node.Cluster.Countdown("left", 7);
        (again.CurrentCount, again.InitialCount).ShouldBe((2, 3));
        using var child = Mp.Process(static (SharedCountdown left) => { left.Signal(2); }, again);
        child.Start();
        again.Wait(s_patience).ShouldBeTrue();
        again.TryAddCount().ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => again.Signal());
        again.Reset();
        again.CurrentCount.ShouldBe(3);
        using var later = node.Cluster.ReadWriteLock("kept").WriteLock();
        later.Fence.ShouldBeGreaterThan(fence);
        Should.Throw<NameConflictException>(() => node.Cluster.Lock("kept"));
    }

    [Fact]
    public void FindDeadlocks_ReaderThatWantsToWriteWhatAWriterHas_IsFound()
    {
        var read = _cluster.ReadWriteLock("read");
        var written = _cluster.ReadWriteLock("written");
        using var child = Mp.Process(
            static (SharedReadWriteLock read, SharedReadWriteLock written, SharedQueue<long> told, SharedEvent goOn) =>
            {
                written.AcquireWrite();
                told.Put(1);
                goOn.Wait();
                read.AcquireWrite();
            },
            read, written, _fences, _goOn);
        read.AcquireRead(s_patience).ShouldBeTrue();
        child.Start();
        _fences.Get(s_patience);
        var here = new Thread(() =>
        {
            read.AcquireRead();
            _goOn.Set();
            Should.Throw<OperationCanceledException>(() => written.AcquireRead(null, _found.Token));
        });
        here.Start();
        ClusterDeadlock? found = null;
        Await.Until("the deadlock is found", () => (found = _cluster.FindDeadlocks().SingleOrDefault()) is not null, s_patience);
        found!.Steps.Select(static each => each.Lock).Order().ShouldBe(["read", "written"]);

        // Before the child is killed: its death gives the lock to the thread that waits here.
        _found.Cancel();
        here.Join(s_patience).ShouldBeTrue();
        child.Kill();
    }

    [Fact]
    public void AcquireAll_OfTheClusterAndOfThisProcess_IsOneHold()
    {
        using var here = Mp.Lock();
        var first = _cluster.Lock("first");
        var second = _cluster.Semaphore("second", 1);
        var third = _cluster.ReadWriteLock("third");
        using (var held = Mp.AcquireAll([third.WriteSide, here, second, first], s_patience))
        {
            held.Lost.CanBeCanceled.ShouldBeTrue("those of the cluster can be lost");
            held.Lost.IsCancellationRequested.ShouldBeFalse();
            (here.Locked, first.Locked, second.Value, third.IsWriteLockHeld).ShouldBe((true, true, 0, true));
        }

        (here.Locked, first.Locked, second.Value, third.IsWriteLockHeld).ShouldBe((false, false, 1, false));
    }

    [Fact]
    public void Elect_TwoCandidates_OneLeads()
    {
        using var first = _cluster.Elect("reports");
        first.Wait(s_patience).ShouldBeTrue();
        using var second = _cluster.Elect("reports");
        second.Wait(TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
        first.Lost.IsCancellationRequested.ShouldBeFalse();
        long fence = first.Fence;
        first.Dispose();
        second.Wait(s_patience).ShouldBeTrue();
        second.Fence.ShouldBeGreaterThan(fence);
    }

    private readonly SharedQueue<long> _fences = Mp.Queue<long>();
    private readonly SharedEvent _goOn = Mp.Event();
    private readonly CancellationTokenSource _found = new();
}
