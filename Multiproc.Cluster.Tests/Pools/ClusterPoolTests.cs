using Multiproc.Cluster.Tests.Nodes;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>A pool over nodes does what a pool of one machine does.</summary>
[Collection(MoreNodeTests.Name)]
public sealed partial class ClusterPoolTests(WorkerNodes nodes) : IClassFixture<WorkerNodes>
{
    private static int s_beside; // In each worker.

    private static readonly TaskOptions s_idempotent = new() { Idempotent = true };

    [Fact]
    public async Task Calls_OfAllKinds_RunOnTheNodes()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 2, role: WorkerNodes.Role);
        pool.Apply(static () => Environment.ProcessId).ShouldNotBe(Environment.ProcessId);
        pool.Map(static x => 3L * x, Enumerable.Range(0, 5000)).ShouldBe(Enumerable.Range(0, 5000).Select(static x => 3L * x));
        pool.StarMap(static (a, b) => $"{a}{b}", Enumerable.Range(0, 50).Select(static x => (x, "!")))
            .ShouldBe(Enumerable.Range(0, 50).Select(static x => $"{x}!"));
        pool.Imap(static x => -x, Enumerable.Range(0, 300)).ShouldBe(Enumerable.Range(0, 300).Select(static x => -x));
        pool.ImapUnordered(static x => -x, Enumerable.Range(0, 300)).Order().ShouldBe(Enumerable.Range(0, 300).Select(static x => -x).Order());
        Should.Throw<FormatException>(() => pool.Map(static x => int.Parse(x, System.Globalization.CultureInfo.InvariantCulture), ["1", "two", "3"]));
        pool.Aggregate(Enumerable.Range(1, 10_000), 0L, static (sum, each) => sum + each, static (left, right) => left + right).ShouldBe(50_005_000);
        (await pool.MapAsync(static x => x + 1, Enumerable.Range(0, 100))).Length.ShouldBe(100);

        WorkerNodes.AwaitNodes(pool, 2);
        var insights = pool.Insights();
        insights.Workers.Select(static each => each.Node).Distinct().Count().ShouldBe(2);
        insights.Nodes.ShouldAllBe(static each => each.RoundTrip > TimeSpan.Zero && each.BytesSent > 0);
        insights.ToString().ShouldContain($"on {insights.Nodes[0].Node}");
        pool.ToString().ShouldBe("ProcessPool(2 workers per node with the role 'worker', running)");

        pool.Close();
        pool.Join(WorkerNodes.Patience).ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => pool.Apply(static () => 1));
    }

    [Fact]
    public void AsyncFunctions_SeveralAtOnce_RunBesideEachOtherOnTheNodes()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 1, role: WorkerNodes.Role, options: new PoolOptions { ConcurrentTasksPerWorker = 4 });
        WorkerNodes.AwaitNodes(pool, 2);
        var results = pool.Map(RunBeside, Enumerable.Range(0, 200));
        results.Select(static each => each.Input).ShouldBe(Enumerable.Range(0, 200));
        results.Max(static each => each.AtOnce).ShouldBeInRange(2, 4);
        results.Select(static each => each.Process).Distinct().Count().ShouldBe(2);
        Should.Throw<WorkerDiedException>(() => pool.Apply(static async () =>
        {
            await Task.Yield();
            Environment.Exit(7);
        })).ExitCode.ShouldBe(7);
        pool.Map(static async x => await Task.FromResult(x + 1), Enumerable.Range(0, 20)).ShouldBe(Enumerable.Range(1, 20));
    }

    [Fact]
    public void Pool_OfAllNodes_HasWorkersInThisOneToo()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 1);
        WorkerNodes.AwaitNodes(pool, 3);
        pool.Insights().Nodes.Single(each => each.Node == nodes.Here.Address).RoundTrip.ShouldBe(TimeSpan.Zero);
        var done = new TaskCompletionSource();
        pool.Map(static x => x, Enumerable.Range(0, 1000), progress: new Progress<PoolProgress>(each =>
        {
            if (each.Done == 1000)
            {
                done.TrySetResult();
            }
        })).Length.ShouldBe(1000);
        done.Task.Wait(WorkerNodes.Patience).ShouldBeTrue("the progress is told");
    }

    [Fact]
    public void Argument_ThatIsLarge_IsSentToANodeOnce()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 2, role: WorkerNodes.Role);
        WorkerNodes.AwaitNodes(pool, 2);
        byte[] table = new byte[1 << 20];
        Random.Shared.NextBytes(table);
        long sum = table.Sum(static each => (long)each);
        Sums(pool, table, 40).ShouldAllBe(each => each == sum);
        foreach (var node in pool.Insights().Nodes)
        {
            // Once as part of the function, and once as an argument.
            node.BytesSent.ShouldBeLessThan(3 * table.Length, node.ToString());
            (node.BytesSpared + node.BytesSent).ShouldBeGreaterThanOrEqualTo(table.Length, node.ToString());
        }

        pool.Insights().Nodes.Sum(static each => each.BytesSpared).ShouldBeGreaterThan(20L * table.Length);
    }

    [Fact]
    public void Argument_AboveTheLimit_FailsItsTaskOnly()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 1, role: WorkerNodes.Role);
        AsyncResult<int>[] results =
        [
            pool.ApplyAsync(static bytes => bytes.Length, new byte[10]),
            pool.ApplyAsync(static bytes => bytes.Length, new byte[ClusterFolder.LargestInput + 1]),
        ];
        results[0].Get(WorkerNodes.Patience).ShouldBe(10);
        Should.Throw<SerializationException>(() => results[1].Get(WorkerNodes.Patience)).Message.ShouldContain($"can have {ClusterFolder.LargestInput}");
    }

    [Fact]
    public void Worker_ThatDies_IsNamedWithItsNodeAndReplaced()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 1, role: WorkerNodes.Role);
        var died = Should.Throw<WorkerDiedException>(() => pool.Apply(
            static text =>
            {
                Console.Error.WriteLine("last words");
                Environment.Exit(7);
                return text;
            },
            "the argument"));
        died.ExitCode.ShouldBe(7);
        died.Argument.ShouldContain("the argument");
        died.LastStderr.ShouldContain("last words");
        pool.Insights().Nodes.Select(static each => each.Node).ShouldContain(died.Node);
        died.Message.ShouldContain($"Worker process {died.Pid} on node {died.Node} ended");
        pool.Map(static x => x, Enumerable.Range(0, 100)).Length.ShouldBe(100);
        WorkerNodes.AwaitNodes(pool, 2);
    }

    [Fact]
    public void Task_OverItsTime_IsEndedOnItsNode()
    {
        using var pool = nodes.Here.Pool(workersPerNode: 1, role: WorkerNodes.Role);
        var brief = new TaskOptions { Timeout = TimeSpan.FromMilliseconds(200) };
        Should.Throw<MultiprocTimeoutException>(() => pool.Apply(Forever, brief)).Message.ShouldContain("ran longer");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Should.Throw<OperationCanceledException>(() => pool.Apply(
            static token =>
            {
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            cancellation: cancel.Token));
        pool.Apply(static () => 5).ShouldBe(5);
    }

    [Fact]
    public void Pools_OnTheSameNodes_ShareThem()
    {
        using var greedy = nodes.Here.Pool(workersPerNode: 4, role: WorkerNodes.Role);
        using var modest = nodes.Here.Pool(workersPerNode: 1, role: WorkerNodes.Role);
        WorkerNodes.AwaitNodes(greedy, 2);
        WorkerNodes.AwaitNodes(modest, 2);
        var busy = greedy.MapAsync(Pause, Enumerable.Range(0, 400), chunkSize: 1);
        for (int i = 0; i < 5; i++)
        {
            modest.Apply(static x => x, i).ShouldBe(i);
        }

        busy.Ready.ShouldBeFalse("the others do not wait for all of it");
        busy.Get(WorkerNodes.Patience).ShouldBe(Enumerable.Range(0, 400));
    }

    private static long[] Sums(ProcessPool pool, byte[] table, int count) =>
        pool.Map(_ => table.Sum(static each => (long)each), Enumerable.Range(0, count), chunkSize: 1)
            .Concat(pool.Map(static each => each.Sum(static one => (long)one), Enumerable.Repeat(table, count), chunkSize: 1)).ToArray();

    private static async Task<(int Input, int AtOnce, int Process)> RunBeside(int input)
    {
        int atOnce = Interlocked.Increment(ref s_beside);
        await Task.Delay(10);
        Interlocked.Decrement(ref s_beside);
        return (input, atOnce, Environment.ProcessId);
    }

    private static int Pause(int x)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromMilliseconds(20));
        return x;
    }
}
