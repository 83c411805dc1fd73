using Multiproc;

namespace ClusterJobs;

/// <summary>
/// Takes batches of files from a durable queue, has them counted by the pool over nodes, and adds what comes back to the totals. A batch is leased: it leaves
/// the queue when its totals are in the journal, and comes back when this process dies before that.
/// </summary>
internal sealed class Indexer(ClusterContext cluster, ProcessPool pool, Progress progress)
{
    /// <summary>How many batches are under way: while one is added, others are counted.</summary>
    private const int AtOnce = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(0.2);

    private readonly SharedQueue<Batch> _batches = cluster.Queue<Batch>("batches");
    private readonly DictionaryProxy<string, Dictionary<string, long>> _totals = cluster.Dictionary<string, Dictionary<string, long>>("totals");

    /// <summary>Puts the work into the queue, unless an earlier run with the same state has done so.</summary>
    public static int Prepare(ClusterContext cluster, string[] files, int size)
    {
        var batches = files.Chunk(size).Select(static (each, i) => new Batch($"batch {i + 1}", each)).ToArray();

        // The lock makes one step of it, whoever else begins now.
        using var hold = cluster.Lock("preparation").Hold();
        var prepared = cluster.Value("prepared", false);
        if (!prepared.Value)
        {
            cluster.Queue<Batch>("batches").PutMany(batches);
            prepared.Value = true;
        }

        return cluster.Queue<Batch>("batches").QSize();
    }

    /// <summary>Forgets what is done, so that a next run with the same journal begins anew.</summary>
    public static void Forget(ClusterContext cluster)
    {
        foreach (string name in new[] { "batches", "totals", "prepared" })
        {
            cluster.Delete(name);
        }
    }

    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => LoopAsync()));

    /// <summary>Writes the totals of all batches into the index.</summary>
    public void Write(IndexFile index)
    {
        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (_, counts) in _totals)
        {
            Words.Add(all, counts);
        }

        var gate = cluster.Lock("index");
        using var hold = gate.Hold();
        index.Write(gate.Fence, all);
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            QueueLease<Batch> lease;
            try
            {
                lease = await _batches.LeaseAsync(s_patience);
            }
            catch (QueueEmptyException)
            {
                // None in time: nothing is left, or the cluster is slow, as when the node of the queue was killed.
                if (await _batches.QSizeAsync() > 0)
                {
                    continue;
                }

                return;
            }

            await using (lease)
            {
                // A file may be counted twice: nothing comes of it but the counts. So tasks of a node that dies run again elsewhere.
                var counted = await pool.MapAsync(Words.CountFile, lease.Item.Files, chunkSize: 1, options: new TaskOptions { Idempotent = true });
                var counts = new Dictionary<string, long>(StringComparer.Ordinal);
                Array.ForEach(counted, each => Words.Add(counts, each));

                // By the name of the batch: a batch that is done again, because this process died before the next line, is not counted twice.
                await _totals.SetAsync(lease.Item.Name, counts);
                lease.Complete();
                progress.Done(lease.Item.Name, lease.Redeliveries);
            }
        }
    }
}

/// <summary>Some files.</summary>
internal sealed record Batch(string Name, string[] Files);
