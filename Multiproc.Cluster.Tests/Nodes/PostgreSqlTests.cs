namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Journals in PostgreSQL.</summary>
[Collection(NodeTests.Name)]
public sealed class PostgreSqlTests : IDisposable
{
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

            // The server is gone for a while: calls wait, and nothing that was acknowledged is lost.
            _server.Crash();
            var waits = Task.Run(() => queue.Put(3), TestContext.Current.CancellationToken);
            _server.Start();
            waits.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken).ShouldBeTrue();
        }

        using var again = Mp.Cluster(Options);
        var same = again.Queue<int>("jobs");
        same.Get(TimeSpan.FromSeconds(30)).ShouldBe(2);
        same.Get(TimeSpan.FromSeconds(30)).ShouldBe(3);
        same.QSize().ShouldBe(0);
    }
}
