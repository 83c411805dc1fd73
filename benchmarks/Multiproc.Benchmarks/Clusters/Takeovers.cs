using System.Diagnostics;

namespace Multiproc.Benchmarks.Clusters;

/// <summary>How long objects are away: when their node is killed, and when they are loaded.</summary>
internal static class Takeovers
{
    private const int Writers = 64;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Kills nodes with kill -9, and measures the time to the first successful call of an object that lived there.</summary>
    /// <returns>The times in milliseconds.</returns>
    public static IReadOnlyList<double> Measure(string storage, byte[] key, int kills, bool seesDeaths)
    {
        using var cluster = Mp.Cluster(NodeSide.Options(storage, key, seed: null, seesDeaths));
        var region = BareSharding.Start(cluster);
        var times = new List<double>();
        using var third = new NodeSide(storage, key, cluster.Address, seesDeaths);
        _ = third.Address;
        for (int kill = 0; kill < kills; kill++)
        {
            using var victim = new NodeSide(storage, key, cluster.Address, seesDeaths);
            var counter = new Places(cluster, region, victim.Address, $"{kill} ").Open(isOwn: false, each => cluster.Value(each, 0L));
            counter.Increment();
            long begun = Stopwatch.GetTimestamp();
            victim.Kill();
            counter.Increment();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            Console.WriteLine(FormattableString.Invariant($"takeover {kill + 1}: {times[^1]:0} ms"));
            SpinWait.SpinUntil(() => cluster.Members.Count == 2, s_patience);
        }

        return times;
    }

    /// <summary>Writes commands to an object, and measures how long the next cluster on the journal needs to open it and call it.</summary>
    public static (long Written, double Seconds, double Recovered) Recover(string storage, byte[] key, int commands)
    {
        long begun = Stopwatch.GetTimestamp();
        using (var first = Mp.Cluster(NodeSide.Options(storage, key, seed: null)))
        {
            var dictionary = first.Dictionary<int, long>("many commands");
            int left = commands;
            Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
            {
                for (int at = Interlocked.Decrement(ref left); at >= 0; at = Interlocked.Decrement(ref left))
                {
                    await dictionary.SetAsync(at % 1_000, at).ConfigureAwait(false);
                }
            }))).GetAwaiter().GetResult();
        }

        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        using var again = Mp.Cluster(NodeSide.Options(storage, key, seed: null));
        again.Lock("something else");
        begun = Stopwatch.GetTimestamp();
        if (again.Dictionary<int, long>("many commands").Count != Math.Min(1_000, commands))
        {
            throw new InvalidOperationException("Something is missing.");
        }

        return (commands, seconds, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
    }
}
