using System.Diagnostics;

namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Nodes that the others go on without, and processes that they do not let in.</summary>
[Collection(NodeTests.Name)]
public sealed class ExclusionTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    // Of the node that is stopped, from one order to the next.
    private static CancellationToken s_lost;
    private static ChildProcess? s_child;

    [Fact]
    public void Node_StoppedForTooLong_DoesNoHarmWhenItWakesUp()
    {
        using var folder = new ClusterFolder();
        using var here = Mp.Cluster(folder.Options());
        using var second = new NodeProcess(folder.Journal, here.Address);
        using var third = new NodeProcess(folder.Journal, here.Address);
        _ = second.Address;
        using var lost = Mp.Queue<long>();
        var gate = here.Lock("gate");
        third.Do(cluster =>
        {
            cluster.Lock("gate").Acquire();
            s_lost = cluster.Lock("gate").Lost;
            s_child = Mp.Process(HoldUntilLost, cluster.Lock("a child's"), lost);
            s_child.Start();
        });
        lost.Get(s_patience).ShouldBe(0);
        long fence = gate.Fence;

        // A node that is stopped is cut off, and its child lives on.
        long stopped = Stopwatch.GetTimestamp();
        third.Stop();
        here.Lock("a child's").Acquire(s_patience).ShouldBeTrue();
        long granted = Stopwatch.GetTimestamp();
        long fired = lost.Get(TimeSpan.Zero);
        fired.ShouldBeLessThan(granted, "the loser's token fires first");
        gate.Acquire(s_patience).ShouldBeTrue();
        output.WriteLine($"the locks of a stopped node were granted after {Stopwatch.GetElapsedTime(stopped).TotalMilliseconds:F0} ms, and the token had fired "
            + $"after {Stopwatch.GetElapsedTime(stopped, fired).TotalMilliseconds:F0} ms");
        gate.Abandoned.ShouldBeTrue();
        gate.Fence.ShouldBeGreaterThan(fence);

        third.Continue();
        third.Do(static cluster =>
        {
            TestKit.Await.Until("the token has fired", static () => s_lost.IsCancellationRequested, s_patience);
            var lost = Should.Throw<ConnectionLostException>(() =>
            {
                while (true)
                {
                    cluster.Lock("gate").Release();
                }
            });

            // Told by its own gateway or by the object, whichever comes first.
            bool isTold = lost.Message.Contains("no longer in the cluster", StringComparison.Ordinal)
                || lost.Message.Contains("took this node for dead", StringComparison.Ordinal);
            isTold.ShouldBeTrue(lost.Message);
        });
        gate.Locked.ShouldBeTrue();
        gate.IsHeldHere.ShouldBeTrue();
        gate.Release();
    }

    private static void HoldUntilLost(SharedLock gate, SharedQueue<long> lost)
    {
        gate.Acquire();
        var token = gate.Lost;
        lost.Put(0);
        token.WaitHandle.WaitOne(s_patience).ShouldBeTrue();
        lost.Put(Stopwatch.GetTimestamp());
    }

    [Fact]
    public void Journal_OfANewerVersion_IsRefusedWithWhatToDo()
    {
        using var folder = new ClusterFolder();
        using (var first = Mp.Cluster(folder.Options()))
        {
            first.Queue<int>("of the future").Put(1);
            first.Queue<int>("of today").Put(1);
        }

        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={folder.Journal};Default Timeout=10"))
        {
            connection.Open();
            using var change = connection.CreateCommand();
            change.CommandText = "UPDATE journal SET message = x'63000000' WHERE sequence_number = 2 AND persistence_id LIKE '%future'";
            change.ExecuteNonQuery().ShouldBe(1);
        }

        using var again = Mp.Cluster(folder.Options());
        again.Queue<int>("of today").Get(s_patience).ShouldBe(1);
        Should.Throw<InvalidOperationException>(() => again.Queue<int>("of the future")).Message.ShouldContain("newer");
    }

    /// <summary>
    /// A node owned an object, another one did, then the first one again: as when a node was cut off from the others, but not from the journal. Found by the
    /// fault run: the object could not be loaded any more, by any node.
    /// </summary>
    [Fact]
    public void Journal_WhoseFirstWriterCameBack_IsLoaded()
    {
        using var folder = new ClusterFolder();
        using (var first = Mp.Cluster(folder.Options()))
        {
            var jobs = first.Queue<int>("jobs");
            for (int i = 0; i < 4; i++)
            {
                jobs.Put(i);
            }
        }

        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={folder.Journal};Default Timeout=10"))
        {
            connection.Open();
            using var change = connection.CreateCommand();
            change.CommandText = "UPDATE journal SET writer_uuid = 'another' WHERE sequence_number = 3 AND persistence_id LIKE '%jobs'";
            change.ExecuteNonQuery().ShouldBe(1);
        }

        using var again = Mp.Cluster(folder.Options() with { Timeout = TimeSpan.FromSeconds(15) });
        again.Queue<int>("jobs").GetMany(4).ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedWithWhatToDo()
    {
        var good = new ClusterOptions { AuthKey = ClusterFolder.Key, Storage = ClusterStorage.Sqlite("never opened.db") };
        Should.Throw<ArgumentException>(() => Mp.Cluster(good with { AuthKey = default })).Message.ShouldContain("16");
        Should.Throw<ArgumentException>(() => Mp.Cluster(good with { Storage = null })).Message.ShouldContain("ClusterStorage");
        Should.Throw<ArgumentException>(() => Mp.Cluster(good with { Name = "with spaces" })).Message.ShouldContain("letters");
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Cluster(good with { StableAfter = TimeSpan.Zero }));
        File.Exists("never opened.db").ShouldBeFalse();
    }
}
