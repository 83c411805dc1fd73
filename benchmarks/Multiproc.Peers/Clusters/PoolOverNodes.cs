using System.Diagnostics;
using System.Security.Cryptography;

namespace Multiproc.Peers.Clusters;

/// <summary>Tasks that do nothing, each on its own, in a pool over two nodes.</summary>
internal static class PoolOverNodes
{
    private const int Nodes = 2;
    private const int Many = 20_000;
    private const int Few = 2_000;

    public static async Task<(double Latency, double Rate)> MeasureAsync(int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("multiproc-benchmark-").FullName;
        var processes = new List<ChildProcess>();
        using var stop = Mp.Event();
        try
        {
            byte[] key = RandomNumberGenerator.GetBytes(32);
            string journal = Path.Combine(folder, "journal.db");
            using var cluster = Mp.Cluster(Options(journal, key, []));
            for (int i = 0; i < Nodes; i++)
            {
                var process = Mp.Process(Serve, journal, key, cluster.Address, stop);
                process.Start();
                processes.Add(process);
            }

            using var pool = cluster.Pool(workersPerNode: 1, role: "worker");
            SpinWait.SpinUntil(() => pool.Insights().Workers.Count(static each => each.Start > TimeSpan.Zero) == Nodes);
            var (latency, rate) = (new List<double>(), new List<double>());
            for (int round = -1; round < rounds; round++)
            {
                long begun = Stopwatch.GetTimestamp();
                for (int i = 0; i < Few; i++)
                {
                    await pool.ApplyAsync(Noop, i);
                }

                double each = Stopwatch.GetElapsedTime(begun).TotalMilliseconds / Few;
                begun = Stopwatch.GetTimestamp();
                await pool.MapAsync(Noop, Enumerable.Range(0, Many), chunkSize: 1);
                if (round >= 0)
                {
                    latency.Add(each);
                    rate.Add(Many / Stopwatch.GetElapsedTime(begun).TotalSeconds);
                }
            }

            stop.Set();
            return (ClusterComparison.Median(latency), ClusterComparison.Median(rate));
        }
        finally
        {
            processes.ForEach(static each => each.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Noop(int number) => number;

    private static ClusterOptions Options(string journal, byte[] key, string[] seeds, params string[] roles) =>
        new() { AuthKey = key, Seeds = seeds, Roles = roles, Storage = ClusterStorage.Sqlite(journal) };

    private static void Serve(string journal, byte[] key, string seed, SharedEvent stop)
    {
        using var cluster = Mp.Cluster(Options(journal, key, [seed], "worker"));
        stop.Wait();
    }
}
