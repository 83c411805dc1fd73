namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>All nodes die together, and the cluster begins again on the same journal.</summary>
[Collection(WaitingNodeTests.Name)]
public sealed class RestartTests
{
    [Fact]
    public void Objects_OfNodesThatAllDied_AreThereAgain()
    {
        using var folder = new ClusterFolder();
        using (var first = new NodeProcess(folder.Journal))
        using (var second = new NodeProcess(folder.Journal, first.Address))
        {
            first.Do(static cluster =>
            {
                var queue = cluster.Queue<string>("jobs");
                queue.PutMany(["one", "two", "three"]);
                queue.Get().ShouldBe("one");
            });
            second.Do(static cluster =>
            {
                cluster.Dictionary<string, int>("counts")["x"] = 42;
                cluster.Lock("gate").Acquire();
                cluster.Queue<string>("jobs").Lease().Item.ShouldBe("two");
            });
            first.Kill();
            second.Kill();
        }

        using var again = Mp.Cluster(folder.Options());
        again.Dictionary<string, int>("counts")["x"].ShouldBe(42);

        // What the dead had comes back when they have been missing for long enough.
        var gate = again.Lock("gate");
        gate.Acquire(TimeSpan.FromSeconds(60)).ShouldBeTrue();
        gate.Abandoned.ShouldBeTrue();
        var queue = again.Queue<string>("jobs");
        TestKit.Await.Until("the item that was in hand is back", () => queue.QSize() == 2, TimeSpan.FromSeconds(60));
        queue.Get(TimeSpan.FromSeconds(10)).ShouldBe("two");
        queue.Get(TimeSpan.FromSeconds(10)).ShouldBe("three");
    }
}
