using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Multiproc.Benchmarks;
using Multiproc.Benchmarks.Clusters;
using Multiproc.Benchmarks.Faults.Nodes;
using Npgsql;

namespace Multiproc.Peers.Clusters;

/// <summary>Objects and pools of a cluster beside what programs use today, on one machine, in turn.</summary>
internal static class ClusterComparison
{
    private static readonly int[] s_callers = [1, 16];

    public static async Task RunAsync(int rounds, StringBuilder text)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        using var server = new PostgreSqlServer();
        var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using (source.ConfigureAwait(false))
        {
            using var cluster = Mp.Cluster(NodeSide.Options(server.ConnectionString, key, seed: null));
            var region = BareSharding.Start(cluster);
            using var other = new NodeSide(server.ConnectionString, key, cluster.Address);
            var places = new Places(cluster, region, other.Address);
            await ObjectsAsync(rounds, server.ConnectionString, source, cluster, places, text).ConfigureAwait(false);
        }

        await JobsAsync(rounds, server.ConnectionString, text).ConfigureAwait(false);
    }

    private static async Task ObjectsAsync(
        int rounds, string connection, NpgsqlDataSource source, ClusterContext cluster, Places places, StringBuilder text)
    {
        var durable = new RedisServer(isDurable: true);
        await using var _ = durable.ConfigureAwait(false);
        var fast = new RedisServer(isDurable: false);
        await using var __ = fast.ConfigureAwait(false);
        var toDurable = await durable.ConnectAsync().ConfigureAwait(false);
        await using var ___ = toDurable.ConfigureAwait(false);
        var toFast = await fast.ConnectAsync().ConfigureAwait(false);
        await using var ____ = toFast.ConfigureAwait(false);
        var orleans = await OrleansPeer.StartAsync().ConfigureAwait(false);
        await using var _____ = orleans.ConfigureAwait(false);
        var rows = new List<PeerRow>();
        foreach (int callers in s_callers)
        {
            rows.AddRange(StorePeers.PostgreSql(connection, callers));
            rows.AddRange(await StorePeers.SkipLockedAsync(source, callers).ConfigureAwait(false));
            foreach (var (name, database) in new[] { ("Redis, fsync always", toDurable.GetDatabase()), ("Redis, memory", toFast.GetDatabase()) })
            {
                rows.AddRange(StorePeers.RedisLocks($"DistributedLock.Redis ({name})", database, callers));
                rows.AddRange(StorePeers.RedisObjects(name, database, callers));
            }

            foreach (bool isOwn in new[] { true, false })
            {
                rows.AddRange(MultiprocRows.Objects(cluster, places, isOwn, callers, Durability.Journal));
                rows.AddRange(MultiprocRows.Objects(cluster, places, isOwn, callers, Durability.Memory));
            }

            rows.Add(orleans.Row(callers));
            rows.Add(MultiprocRows.UsersObject(cluster, places, callers));
        }

        rows = [.. rows.OrderBy(static row => row.What, StringComparer.Ordinal).ThenBy(static row => row.Callers)];
        foreach (var row in rows)
        {
            await row.WarmUpAsync().ConfigureAwait(false);
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach (var row in rows)
            {
                await row.MeasureAsync().ConfigureAwait(false);
            }
        }

        text.AppendLine("| what | callers | by | us each | per s |").AppendLine("|---|---:|---|---:|---:|");
        rows.ForEach(row => text.AppendLine(string.Create(
            CultureInfo.InvariantCulture, $"| {row.What} | {row.Callers} | {row.Who} | {row.Microseconds:#,0} | {row.PerSecond:#,0} |")));
    }

    /// <summary>Tasks that do nothing: over two nodes by a pool, and by two workers of Hangfire.</summary>
    private static async Task JobsAsync(int rounds, string connection, StringBuilder text)
    {
        const int Few = 30;
        const int ManyJobs = 1_000;
        var (latency, rate) = (new List<double>(), new List<double>());
        using (var hangfire = new HangfirePeer(connection))
        {
            hangfire.Rate(200);
            for (int round = 0; round < rounds; round++)
            {
                latency.Add(hangfire.Latency(Few));
                rate.Add(hangfire.Rate(ManyJobs));
            }
        }

        var (ours, theirs) = (await PoolOverNodes.MeasureAsync(rounds).ConfigureAwait(false), (Latency: Medians.Of(latency), Rate: Medians.Of(rate)));
        text.AppendLine().AppendLine("| tasks that do nothing | one at a time, ms each | tasks per s |").AppendLine("|---|---:|---:|");
        text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"| Hangfire on PostgreSQL, two workers | {theirs.Latency:0.00} | {theirs.Rate:#,0} |"));
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture, $"| Multiproc, a worker on each of two nodes | {ours.Latency:0.00} | {ours.Rate:#,0} |"));
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture, $"| ratio | {theirs.Latency / ours.Latency:0}x | {ours.Rate / theirs.Rate:0}x |"));
    }
}
