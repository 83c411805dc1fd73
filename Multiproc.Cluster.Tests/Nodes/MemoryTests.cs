namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Objects in the memory of one node.</summary>
[Collection(NodeTests.Name)]
public sealed class MemoryTests(OneNode node) : IClassFixture<OneNode>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Object_InMemory_LeavesNoRecordsAndSurvivesLeaving()
    {
        var cluster = node.Cluster;
        var counts = cluster.Dictionary<string, long>("counts", Durability.Memory);
        var gate = cluster.Lock("gate", Durability.Memory);
        var queue = cluster.Queue<int>("queue", options: Durability.Memory);
        for (int i = 0; i < 100; i++)
        {
            counts.Increment("all");
            queue.Put(i);
        }

        queue.Get(s_patience).ShouldBe(0);
        using (gate.Hold(TestContext.Current.CancellationToken))
        {
            gate.Locked.ShouldBeTrue();
        }

        Records("counts").ShouldBe(1);
        Should.Throw<NameConflictException>(() => cluster.Dictionary<string, long>("counts")).Message.ShouldContain("in memory");
        var bell = cluster.Event("never set", Durability.Memory);
        var late = Task.Run(() => bell.Wait(s_patience), TestContext.Current.CancellationToken);

        // The last node leaves: what is in its memory waits in the journal for the next one.
        await node.RestartAsync();
        await Should.ThrowAsync<ConnectionLostException>(async () => await late);
        cluster = node.Cluster;
        cluster.Dictionary<string, long>("counts", Durability.Memory)["all"].ShouldBe(100);
        cluster.Queue<int>("queue", options: Durability.Memory).QSize().ShouldBe(99);
        cluster.Lock("gate", Durability.Memory).Fence.ShouldBe(1);
        cluster.Delete("counts").ShouldBeTrue();
        cluster.Dictionary<string, long>("counts").Count.ShouldBe(0);
    }

    private long Records(string name)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={node.Folder.Journal};Default Timeout=10");
        connection.Open();
        using var question = connection.CreateCommand();
        question.CommandText = $"SELECT count(*) FROM journal WHERE persistence_id = 'multiproc-{name}'";
        return (long)question.ExecuteScalar()!;
    }
}
