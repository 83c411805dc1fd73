namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>
/// Processes of three nodes use objects while nodes are killed and replaced. What was acknowledged is there, what was begun was done at most once, and each
/// producer's items are in order.
/// </summary>
[Collection(NodeTests.Name)]
public sealed class FaultsTests(ITestOutputHelper output)
{
    private const int Kills = 1;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    private readonly List<(int Worker, int Number, bool IsDone)> _told = [];

    [Fact]
    public void Objects_OfACluster_WhoseNodesAreKilled_LoseAndRepeatNothing()
    {
        using var folder = new ClusterFolder();
        using var here = Mp.Cluster(folder.Options());
        using var stop = Mp.Event();
        using var told = Mp.Queue<(int Worker, int Number, bool IsDone)>();
        var queue = here.Queue<(int Worker, int Number)>("items");
        var counts = here.Dictionary<string, long>("counts");
        var nodes = new List<NodeProcess>();
        try
        {
            for (int worker = 0; worker < 2 + Kills; worker++)
            {
                var node = new NodeProcess(folder.Journal, here.Address);
                nodes.Add(node);
                int name = worker;
                node.Begin(cluster => Work(cluster, name, told, stop));
                if (worker >= 2)
                {
                    // As soon as the new one works, the oldest one dies.
                    Await(told, worker);
                    nodes[worker - 2].Kill();
                }
            }

            Await(told, 1 + Kills);
            stop.Set();
            nodes[^1].Report().ShouldBe("done");
            nodes[^2].Report().ShouldBe("done");
            Check(queue, counts, told);
        }
        finally
        {
            nodes.ForEach(static node => node.Dispose());
        }
    }

    private static void Work(ClusterContext cluster, int worker, SharedQueue<(int Worker, int Number, bool IsDone)> told, SharedEvent stop)
    {
        var queue = cluster.Queue<(int Worker, int Number)>("items");
        var counts = cluster.Dictionary<string, long>("counts");
        for (int number = 1; !stop.IsSet; number++)
        {
            told.Put((worker, number, false));
            queue.Put((worker, number));
            counts.Increment("all");
            told.Put((worker, number, true));
        }
    }

    /// <summary>Waits until a worker has done some of its work after now; what the others tell meanwhile is kept.</summary>
    private void Await(SharedQueue<(int Worker, int Number, bool IsDone)> told, int worker)
    {
        for (int done = 0; done < 20;)
        {
            var each = told.Get(s_patience);
            _told.Add(each);
            done += each.Worker == worker && each.IsDone ? 1 : 0;
        }
    }

    private void Check(
        SharedQueue<(int Worker, int Number)> queue,
        DictionaryProxy<string, long> counts,
        SharedQueue<(int Worker, int Number, bool IsDone)> told)
    {
        while (told.TryGet(out var each))
        {
            _told.Add(each);
        }

        var begun = _told.Where(static each => !each.IsDone).Select(static each => (each.Worker, each.Number)).ToHashSet();
        var done = _told.Where(static each => each.IsDone).Select(static each => (each.Worker, each.Number)).ToHashSet();
        var found = new List<(int Worker, int Number)>();
        while (queue.TryGet(out var item, TimeSpan.FromMilliseconds(100)))
        {
            found.Add(item);
        }

        output.WriteLine($"{begun.Count} puts and increments begun, {done.Count} acknowledged; {found.Count} items found, count {counts["all"]}");
        found.Distinct().Count().ShouldBe(found.Count, "nothing was put twice");
        done.Except(found).ShouldBeEmpty("nothing that was acknowledged is lost");
        found.Except(begun).ShouldBeEmpty();
        counts["all"].ShouldBeInRange(done.Count, begun.Count);
        foreach (var each in found.GroupBy(static item => item.Worker))
        {
            each.Select(static item => item.Number).ShouldBe(each.Select(static item => item.Number).Order(), "the items of a producer are in its order");
        }
    }
}
