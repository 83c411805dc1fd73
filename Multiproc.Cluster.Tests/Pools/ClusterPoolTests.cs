using Multiproc.Cluster.Tests.Nodes;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>A pool over nodes does what a pool of one machine does.</summary>
[Collection(NodeTests.Name)]
public sealed class ClusterPoolTests(WorkerNodes nodes) : IClassFixture<WorkerNodes>
{
    [Fact]
    public void Calls_OfAllKinds_RunOnTheNodes()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 2, role: WorkerNodes.Role);
        int factor = 3;
        pool.Apply(static () => Environment.ProcessId).ShouldNotBe(Environment.ProcessId);
        pool.Apply(x => x * factor, 14).ShouldBe(42);
        pool.Map(x => (long)x * factor, Enumerable.Range(0, 5000)).ShouldBe(Enumerable.Range(0, 5000).Select(static x => 3L * x));
        pool.StarMap(static (a, b) => $"{a}{b}", Enumerable.Range(0, 50).Select(static x => (x, "!"))).ShouldBe(Enumerable.Range(0, 50).Select(static x => $"{x}!"));
        pool.Imap(static x => -x, Enumerable.Range(0, 300)).ShouldBe(Enumerable.Range(0, 300).Select(static x => -x));
        pool.ImapUnordered(static x => -x, Enumerable.Range(0, 300)).Order().ShouldBe(Enumerable.Range(0, 300).Select(static x => -x).Order());
        Should.Throw<FormatException>(() => pool.Map(static x => int.Parse(x), ["1", "two", "3"]));
        WorkerNodes.AwaitNodes(pool, 2);
        var insights = pool.Insights();
        insights.Workers.Select(static each => each.Node).Distinct().Count().ShouldBe(2);
        insights.Nodes.ShouldAllBe(static each => each.RoundTrip > TimeSpan.Zero && each.BytesSent > 0);
        pool.Close();
        pool.Join(WorkerNodes.Patience).ShouldBeTrue();
    }
}
