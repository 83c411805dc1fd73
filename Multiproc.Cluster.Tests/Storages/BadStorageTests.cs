using System.Collections.Immutable;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Multiproc.Cluster.Tests.Nodes;

namespace Multiproc.Cluster.Tests.Storages;

/// <summary>Disks that are full, and journals other than the usual one.</summary>
[Collection(MoreNodeTests.Name)]
public sealed class BadStorageTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Disk_ThatIsFull_LosesNothing_AndCallsGoOnWhenItHasRoom()
    {
        using var folder = new ClusterFolder();
        string journal = folder.Journal;
        using var put = Mp.Value(0);
        using (var node = new NodeProcess(journal))
        {
            node.Do(FillTheDisk(journal, put));
            put.Value.ShouldBeInRange(1, 49);
            node.Kill();
        }

        using var again = Mp.Cluster(folder.Options());
        var jobs = again.Queue<string>("jobs");
        for (int i = 0; i < put.Value; i++)
        {
            jobs.Get(s_patience).ShouldStartWith($"{i} ");
        }

        // What was given up may be there, or not; what waited is.
        string last = jobs.Get(s_patience);
        (last.StartsWith($"{put.Value} ", StringComparison.Ordinal) ? jobs.Get(s_patience) : last).ShouldBe("last");
        jobs.Empty().ShouldBeTrue();
    }

    [Fact]
    public void Journal_InATableOfAnotherName_IsVerifiedAndListed()
    {
        using var folder = new ClusterFolder();
        var options = folder.Options() with { Hocon = """akka.persistence.journal.sql.default.journal.table-name = "my_records" """ };
        using var cluster = Mp.Cluster(options);
        cluster.Queue<int>("jobs").Put(1);
        cluster.List().ShouldHaveSingleItem().Name.ShouldBe("jobs");
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={folder.Journal}");
        connection.Open();
        using var question = connection.CreateCommand();
        question.CommandText = "SELECT count(*) FROM my_records WHERE persistence_id LIKE '%jobs'";
        question.ExecuteScalar().ShouldBe(2L);
    }

    [Fact]
    public void Journal_OfAnotherPlugIn_IsTriedBeforeItIsUsed()
    {
        using var folder = new ClusterFolder();
        var memory = folder.Options() with { Hocon = """akka.persistence.journal.plugin = "akka.persistence.journal.inmem" """ };
        Should.Throw<MultiprocException>(() => Mp.Cluster(memory)).Message.ShouldContain("two owners");

        // One that refuses the second record of a number is good enough.
        string own = $$"""
            akka.persistence.journal.plugin = "my.journal"
            my.journal.class = "{{typeof(OwnJournal).FullName}}, {{typeof(OwnJournal).Assembly.GetName().Name}}"
            """;
        using var cluster = Mp.Cluster(folder.Options() with { Hocon = own });
        cluster.Queue<int>("jobs").Put(1);
        cluster.Queue<int>("jobs").Get(s_patience).ShouldBe(1);
        Should.Throw<NotSupportedException>(() => cluster.List()).Message.ShouldContain("Inspect()");
        cluster.Inspect().Objects.ShouldHaveSingleItem().Name.ShouldBe("jobs");
    }

    private static Action<ClusterContext> FillTheDisk(string journal, SharedValue<int> put) => cluster =>
    {
        var jobs = cluster.Queue<string>("jobs");
        string large = new('x', 100_000);
        FileLimit.Set(Math.Max(new FileInfo(journal).Length, new FileInfo(journal + "-wal").Length) + 300_000);
        Should.Throw<QueueFullException>(() =>
        {
            for (; put.Value < 50; put.Increment())
            {
                jobs.Put($"{put.Value} {large}", TimeSpan.FromSeconds(1));
            }
        }).Message.ShouldContain("jobs");
        TestKit.Await.Until("the node says so", () => cluster.Health.Status == ClusterHealthStatus.Degraded, s_patience);
        cluster.Health.Reason.ShouldContain("storage");
        var waits = Task.Run(() => jobs.Put("last"));
        FileLimit.Lift();
        waits.Wait(s_patience).ShouldBeTrue();
    };
}

/// <summary>A journal plug-in of the user's, which takes each number of a journal once.</summary>
public sealed class OwnJournal : MemoryJournal
{
    protected override async Task<IImmutableList<Exception?>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        AtomicWrite[] all = [.. messages];
        foreach (var write in all)
        {
            if (await ReadHighestSequenceNrAsync(write.PersistenceId, 0, cancellationToken) >= write.LowestSequenceNr)
            {
                throw new InvalidOperationException($"{write.PersistenceId} has a record {write.LowestSequenceNr} already.");
            }
        }

        return await base.WriteMessagesAsync(all, cancellationToken);
    }
}
