using System.Diagnostics;
using Multiproc.Cluster.Leases;
using Multiproc.Cluster.Tests.Nodes;

namespace Multiproc.Cluster.Tests.Leases;

/// <summary>The tokens of held locks.</summary>
[Collection(NodeTests.Name)]
public sealed class LossTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Lost_WhenTheLeaseIsTakenAway_FiresInTheNodeAndInItsChildren()
    {
        using var folder = new ClusterFolder();
        using var reports = Mp.Queue<string>();
        using var cluster = Mp.Cluster(folder.Options());
        var gate = cluster.Lock("gate");
        Should.Throw<InvalidOperationException>(() => gate.Lost).Message.ShouldContain("acquire it first");
        gate.Acquire();
        var lost = gate.Lost;
        gate.Lost.ShouldBe(lost, "the question is asked once");
        gate.Release();
        Should.Throw<InvalidOperationException>(() => gate.Lost);
        gate.Acquire();
        lost = gate.Lost;
        using var child = Mp.Process(HoldUntilLost, cluster.RLock("recursive"), reports);
        child.Start();
        reports.Get(s_patience).ShouldBe("held");
        lost.IsCancellationRequested.ShouldBeFalse();

        var table = new LeaseTable(ClusterStorage.Sqlite(folder.Journal), seesDeaths: true);
        string name = table.AllAsync(CancellationToken.None).GetAwaiter().GetResult().Keys.ShouldHaveSingleItem();
        table.TakeAsync(name, CancellationToken.None).GetAwaiter().GetResult()!.Value.IsGivenUp.ShouldBeFalse("it lives");
        lost.WaitHandle.WaitOne(s_patience).ShouldBeTrue();
        reports.Get(s_patience).ShouldBe("lost");
        child.Join(s_patience).ShouldBeTrue();
        Should.Throw<ConnectionLostException>(gate.Release).Message.ShouldContain("no longer in the cluster");
        TestKit.Await.Until("the node is out", () => cluster.Health.Status == ClusterHealthStatus.Unhealthy, s_patience);
    }

    [Fact]
    public void Lost_OfALockOutsideOfAnyCluster_NeverFires()
    {
        using var gate = Mp.Lock();
        gate.Lost.CanBeCanceled.ShouldBeFalse();
    }

    [Fact]
    public void Lost_WhenTheClusterIsLeft_FiresBeforeOthersAreGivenTheLock()
    {
        using var folder = new ClusterFolder();
        using var other = new NodeProcess(folder.Journal);
        long fired = 0;
        var cluster = Mp.Cluster(folder.Options(other.Address));
        var gate = cluster.Lock("gate");
        gate.Acquire();
        using var _ = gate.Lost.Register(() => fired = Stopwatch.GetTimestamp());
        using var granted = Mp.Value(0L);
        other.Begin(OrderTo(granted));
        TestKit.Await.Until("the other node waits", () => cluster.Inspect().Objects.Any(static each => each.Waiters.Count > 0), s_patience);
        cluster.Dispose();
        other.Report().ShouldBe("done");
        fired.ShouldBeInRange(1, granted.Value);
    }

    private static Action<ClusterContext> OrderTo(SharedValue<long> granted) => cluster =>
    {
        cluster.Lock("gate").Acquire(s_patience).ShouldBeTrue();
        granted.Value = Stopwatch.GetTimestamp();
    };

    private static void HoldUntilLost(SharedRLock gate, SharedQueue<string> reports)
    {
        gate.Acquire();
        gate.Acquire();
        gate.Release();
        var lost = gate.Lost;
        reports.Put("held");
        lost.WaitHandle.WaitOne(s_patience).ShouldBeTrue();
        reports.Put("lost");
    }
}
