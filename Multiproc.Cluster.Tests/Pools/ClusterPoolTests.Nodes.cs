using Multiproc.Cluster.Tests.Nodes;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>Nodes that come, leave and die while a pool uses them.</summary>
public sealed partial class ClusterPoolTests
{
    [Fact]
    public void Role_ThatNoNodeHas_IsWaitedForAndThenFails()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 1, role: "painter", nodeTimeout: TimeSpan.FromSeconds(1.5));
        var late = Should.Throw<MultiprocTimeoutException>(() => pool.Map(static x => x, Enumerable.Range(0, 10)));
        late.Message.ShouldContain("'painter'");
        late.Message.ShouldContain("multiproc-host node --role painter");
        pool.ToString().ShouldContain("running");
    }

    [Fact]
    public async Task Node_OfAnotherBuild_IsRefusedByName()
    {
        await using var other = await nodes.JoinAsync(ClusterFolder.OtherBuild, $"{ClusterFolder.Role}foreign");
        using var pool = nodes.Here.Pool(workersPerNode: 1, role: "foreign");
        var refused = Should.Throw<MultiprocException>(() => pool.Apply(static () => 1));
        refused.Message.ShouldContain($"{other.Address} runs Multiproc.Cluster.Tests and has another build of Multiproc.Cluster.Tests and no Shouldly");
        pool.Insights().Nodes.Single().State.ShouldBe("refused");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Node_ThatComesAndLeaves_IsUsedAndDrained(bool byCommand)
    {
        using var pool = nodes.Here.Pool(workersPerNode: 1, role: WorkerNodes.Role);
        WorkerNodes.AwaitNodes(pool, 2);
        var third = await nodes.JoinAsync($"{ClusterFolder.Role}{WorkerNodes.Role}");
        WorkerNodes.AwaitNodes(pool, 3);
        var many = pool.MapAsync(Pause, Enumerable.Range(0, 300), chunkSize: 1);
        TestKit.Await.Until("the node works", () => pool.Insights().Nodes.Any(each => each.Node == third.Address && each.Tasks > 3), WorkerNodes.Patience);

        // The tasks are not idempotent: one that was lost would fail.
        if (byCommand)
        {
            Akka.Cluster.Cluster.Get(third.Node.System).Leave(Akka.Cluster.Cluster.Get(third.Node.System).SelfAddress);
            await third.Node.Ended.WaitAsync(WorkerNodes.Patience, TestContext.Current.CancellationToken);
        }

        await third.DisposeAsync();
        many.Get(WorkerNodes.Patience).ShouldBe(Enumerable.Range(0, 300));
        TestKit.Await.Until("the node is forgotten", () => pool.Insights().Nodes.Count == 2, WorkerNodes.Patience);
    }

    [Fact]
    public void Node_ThatDiesInTheMiddleOfAMap_LosesNothingThatMayRunTwiceAndLeavesNoWorkersBehind()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 2, role: WorkerNodes.Role);
        var third = nodes.Start();
        WorkerNodes.AwaitNodes(pool, 3);
        var deaths = new System.Collections.Concurrent.ConcurrentQueue<WorkerDeath>();
        using var strict = nodes.Here.Pool(workersPerNode: 1, role: WorkerNodes.Role, new PoolOptions { OnWorkerDeath = deaths.Enqueue });
        WorkerNodes.AwaitNodes(strict, 3);
        AsyncResult<int>[] once = [.. Enumerable.Range(0, 3).Select(_ => strict.ApplyAsync(Forever))];
        var pids = strict.Insights().Workers.ToDictionary(static each => each.Node, static each => each.Pid);
        int[] workers = UseAPool(third);
        workers.ShouldAllBe(static pid => Directory.Exists($"/proc/{pid}"));
        var many = pool.MapAsync(Pause, Enumerable.Range(0, 400), chunkSize: 1, options: s_idempotent);
        TestKit.Await.Until("the node works", () => pool.Insights().Nodes.Any(each => each.Node == third.Address && each.Tasks > 3), WorkerNodes.Patience);

        third.Kill();
        many.Get(WorkerNodes.Patience).ShouldBe(Enumerable.Range(0, 400));
        TestKit.Await.Until("the task that may not run twice has failed", () => once.Any(static each => each.Ready), WorkerNodes.Patience);
        var lost = Should.Throw<WorkerDiedException>(() => once.Single(static each => each.Ready).Get());
        lost.Node.ShouldBe(third.Address);
        lost.Pid.ShouldBe(pids[third.Address]);
        lost.Message.ShouldContain("may or may not have been run");
        lost.Message.ShouldContain("idempotent");
        TestKit.Await.Until("the death is told", () => deaths.Any(each => each.Node == third.Address), WorkerNodes.Patience);

        // The dead node was a caller as well: other nodes end the workers of its pool.
        TestKit.Await.Until("its workers have ended", () => workers.All(static pid => !Directory.Exists($"/proc/{pid}")), WorkerNodes.Patience);
    }

    [Fact]
    public void Node_CutOffInTheMiddleOfAMap_IsGoneOnWithout()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 1, role: WorkerNodes.Role);
        var third = nodes.Start();
        WorkerNodes.AwaitNodes(pool, 3);
        var many = pool.MapAsync(Pause, Enumerable.Range(0, 300), chunkSize: 1, options: s_idempotent);
        TestKit.Await.Until("the node works", () => pool.Insights().Nodes.Any(each => each.Node == third.Address && each.Tasks > 3), WorkerNodes.Patience);
        int worker = pool.Insights().Workers.Single(each => each.Node == third.Address).Pid;
        third.Stop();
        many.Get(WorkerNodes.Patience).ShouldBe(Enumerable.Range(0, 300));

        // When it wakes up it finds out that nobody wants its worker.
        third.Continue();
        TestKit.Await.Until("the worker is ended", () => !Directory.Exists($"/proc/{worker}"), WorkerNodes.Patience);
        third.Kill();
    }

    [Fact]
    public async Task Caller_WhoseNodeLeaves_IsTold()
    {
        var other = await nodes.JoinAsync();
        using var pool = other.Pool(workersPerNode: 1, role: WorkerNodes.Role);
        WorkerNodes.AwaitNodes(pool, 2);
        var pending = pool.ApplyAsync(Forever);
        await other.DisposeAsync();
        Should.Throw<ConnectionLostException>(() => pending.Get(WorkerNodes.Patience)).Message.ShouldContain("no longer in the cluster");
        Should.Throw<ConnectionLostException>(() => pool.Apply(static () => 1));
        Should.Throw<ObjectDisposedException>(() => other.Pool());
    }

    /// <summary>Has a node use workers of all three. Returns the ids of their processes.</summary>
    private static int[] UseAPool(NodeProcess node)
    {
        using var pids = Mp.Queue<int>();
        node.Begin(cluster =>
        {
            var pool = cluster.Pool(workersPerNode: 1, role: WorkerNodes.Role);
            WorkerNodes.AwaitNodes(pool, 3);
            var busy = pool.ApplyAsync(Forever);
            pids.PutMany(pool.WorkerPids);
            busy.Get();
        });
        return [.. pids.GetMany(3, WorkerNodes.Patience)];
    }

    private static int Forever()
    {
        using var never = new ManualResetEventSlim();
        never.Wait();
        return 0;
    }
}
