using Multiproc.Benchmarks.Faults.Nodes;

namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Journals in PostgreSQL.</summary>
[Collection(WaitingNodeTests.Name)]
public sealed class PostgreSqlTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_promptly = TimeSpan.FromSeconds(30);

    private readonly PostgreSqlServer _server = new();

    private ClusterOptions Options => new() { AuthKey = ClusterFolder.Key, Storage = ClusterStorage.PostgreSql(_server.ConnectionString) };

    public void Dispose() => _server.Dispose();

    [Fact]
    public void Objects_InPostgreSql_OutliveTheirNodesAndACrashOfTheServer()
    {
        using (var first = Mp.Cluster(Options))
        {
            var queue = first.Queue<int>("jobs");
            queue.Put(1);
            queue.Put(2);
            queue.Get(TimeSpan.FromSeconds(10)).ShouldBe(1);
            first.Lock("deleted");
            first.Delete("deleted").ShouldBeTrue();
            first.List().ShouldBe([new ClusterObject("jobs", "Queue<System.Int32>", first.Address, Durability.Journal, null)]);

            // The server is gone for some seconds: calls wait or say that their time is over, holders are told, and nothing that was acknowledged is lost.
            var gate = first.Lock("gate");
            gate.Acquire();
            var lost = gate.Lost;
            _server.Crash();
            var waits = Task.Run(() => queue.Put(3), TestContext.Current.CancellationToken);
            Should.Throw<QueueFullException>(() => queue.Put(4, TimeSpan.FromMilliseconds(10)));
            lost.WaitHandle.WaitOne(s_patience).ShouldBeTrue();
            TestKit.Await.Until("the node says so", () => first.Health.Status == ClusterHealthStatus.Degraded, s_patience);
            _server.Start();

            // Within seconds: neither the journal nor the snapshots are kept shut for longer by Akka's circuit breakers (60 s by default).
            waits.Wait(s_promptly, TestContext.Current.CancellationToken).ShouldBeTrue("the storage is back, and the call goes on");
            TestKit.Await.Until("the node is well", () => first.Health.Status == ClusterHealthStatus.Healthy, s_patience);
            gate.Lost.IsCancellationRequested.ShouldBeFalse("nobody was given it meanwhile");
            gate.Release();
        }

        using var again = Mp.Cluster(Options);
        var same = again.Queue<int>("jobs");
        same.Get(TimeSpan.FromSeconds(30)).ShouldBe(2);
        same.Get(TimeSpan.FromSeconds(30)).ShouldBe(3);

        // What was given up may have been done still.
        same.QSize().ShouldBeInRange(0, 1);
    }
}
