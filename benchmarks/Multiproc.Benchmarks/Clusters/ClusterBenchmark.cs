using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Multiproc.Benchmarks.Faults.Nodes;

namespace Multiproc.Benchmarks.Clusters;

/// <summary>What calls of objects of a cluster cost, beside bare asks through the sharding to the same places, in turn; and how long takeovers last.</summary>
internal static class ClusterBenchmark
{
    private const int Many = 64;

    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(0.4);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(0.6);

    public static async Task<int> RunAsync(int rounds, int kills, int commands, DirectoryInfo output)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        string folder = Directory.CreateTempSubdirectory("multiproc-benchmark-").FullName;
        string load = Machine.Load();
        var text = new StringBuilder();
        try
        {
            text.AppendLine("| what | object in | durability | callers | per s | us each | each call, of the bare ask |");
            text.AppendLine("|---|---|---|---:|---:|---:|---:|");
            await RowsAsync(Path.Combine(folder, "journal.db"), key, "SQLite", rounds, text).ConfigureAwait(false);
            using var server = new PostgreSqlServer();
            await RowsAsync(server.ConnectionString, key, "PostgreSQL", rounds, text).ConfigureAwait(false);
            text.AppendLine().AppendLine("| takeovers after kill -9, three nodes, SQLite | median | longest |").AppendLine("|---|---:|---:|");
            foreach (bool sees in new[] { true, false })
            {
                var times = kills == 0 ? [] : Takeovers.Measure(Path.Combine(folder, $"{sees}.db"), key, kills, sees);
                if (times.Count > 0)
                {
                    string how = sees ? "seen by the machine" : "as of another machine";
                    Add(text, $"| {times.Count}, {how} | {Medians.Of(times):0} ms | {times.Max():0} ms |");
                }
            }

            if (commands > 0)
            {
                text.AppendLine().AppendLine("| recovery | |").AppendLine("|---|---:|");
                var (written, seconds, recovered) = Takeovers.Recover(Path.Combine(folder, "recovery.db"), key, commands);
                Add(text, $"| of an object with {written:#,0} commands (written in {seconds:0} s), its opening and first call | {recovered:0} ms |");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Write(output, rounds, load, text);
        return 0;
    }

    private static async Task RowsAsync(string storage, byte[] key, string name, int rounds, StringBuilder text)
    {
        using var cluster = Mp.Cluster(NodeSide.Options(storage, key, seed: null));
        var region = BareSharding.Start(cluster);
        using var other = new NodeSide(storage, key, cluster.Address);
        var places = new Places(cluster, region, other.Address);
        await Task.WhenAll(Enumerable.Range(0, 512).Select(each => BareSharding.AskAsync(region, $"spread {each}"))).ConfigureAwait(false);
        var rows = new List<(ClusterRow Row, ClusterRow Bare)>();
        foreach (bool isOwn in new[] { true, false })
        {
            string place = isOwn ? "own node" : "other node";
            string entity = await places.EntityAsync(isOwn).ConfigureAwait(false);
            foreach (int callers in new[] { 1, Many })
            {
                var bare = new ClusterRow("bare ask", place, "none", callers, async _ => await BareSharding.AskAsync(region, entity).ConfigureAwait(false));
                rows.Add((bare, bare));
                if (name == "SQLite")
                {
                    rows.AddRange(Rows(cluster, places, isOwn, place, callers, "Memory", Durability.Memory).Select(row => (row, bare)));
                }

                rows.AddRange(Rows(cluster, places, isOwn, place, callers, $"Journal, {name}", Durability.Journal).Select(row => (row, bare)));
            }
        }

        var spread = Enumerable.Range(0, 16).Select(each => cluster.Dictionary<int, int>($"spread {each}")).ToArray();
        var many = new ClusterRow(
            "set of a dictionary, 16 objects", "both", $"Journal, {name}", Many * spread.Length, caller => spread[caller % spread.Length].SetAsync(caller, 1));
        rows.Add((many, rows[0].Bare));
        for (int round = -1; round < rounds; round++)
        {
            foreach (var (row, _) in rows)
            {
                await row.MeasureAsync(round < 0 ? s_warmUp : s_time, counts: round >= 0).ConfigureAwait(false);
            }
        }

        foreach (var (row, bare) in rows)
        {
            string ratio = row.Callers == bare.Callers && row != bare
                ? string.Create(CultureInfo.InvariantCulture, $"{row.Microseconds / row.Calls / bare.Microseconds:0.0}x") : "";
            Add(text, $"| {row.Name} | {row.Place} | {row.Durability} | {row.Callers} | {row.Median:#,0} | {row.Microseconds:#,0} | {ratio} |");
        }

        if (name == "SQLite")
        {
            FromAChild(cluster, places, text);
        }
    }

    private static IEnumerable<ClusterRow> Rows(
        ClusterContext cluster, Places places, bool isOwn, string place, int callers, string durability, ClusterObjectOptions options)
    {
        var gate = places.Open(isOwn, each => cluster.Lock(each, options));
        var queue = places.Open(isOwn, each => cluster.Queue<int>(each, options: options));
        var dictionary = places.Open(isOwn, each => cluster.Dictionary<int, int>(each, options));
        yield return new("lock and unlock", place, durability, callers, async _ =>
        {
            // Released where it was taken: by the thread that goes on, in no other call's way.
            await gate.AcquireAsync().ConfigureAwait(false);
            gate.Release();
        }, Calls: 2);
        yield return new("put and get", place, durability, callers, async caller =>
        {
            await queue.PutAsync(caller).ConfigureAwait(false);
            await queue.GetAsync().ConfigureAwait(false);
        }, Calls: 2);
        yield return new("set of a dictionary", place, durability, callers, caller => dictionary.SetAsync(caller, 1));
        yield return new("get of a dictionary", place, durability, callers, async caller => await dictionary.ContainsKeyAsync(caller).ConfigureAwait(false));
    }

    private static void FromAChild(ClusterContext cluster, Places places, StringBuilder text)
    {
        var dictionary = places.Open(isOwn: true, each => cluster.Dictionary<int, int>(each, Durability.Memory));
        using var result = Mp.Queue<double>();
        using var child = Mp.Process(MeasureInChild, dictionary, result);
        child.Start();
        Add(text, $"| set of a dictionary, from a child process | own node | Memory | 1 | | {result.Get(TimeSpan.FromSeconds(60)):0.0} | |");
        child.Join();
    }

    private static void MeasureInChild(DictionaryProxy<int, int> dictionary, SharedQueue<double> result)
    {
        Clock.WarmUp(() => dictionary[1] = 1);
        result.Put(Enumerable.Range(0, 5).Select(_ => Clock.Microseconds(2_000, () =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                dictionary[1] = i;
            }
        })).Order().ElementAt(2));
    }

    private static void Add(StringBuilder text, FormattableString row)
    {
        string line = FormattableString.Invariant(row);
        text.AppendLine(line);
        Console.WriteLine(line);
    }

    private static void Write(DirectoryInfo output, int rounds, string load, StringBuilder table)
    {
        output.Create();
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string file = Path.Combine(output.FullName, $"cluster-{date}.md");
        File.WriteAllText(file, $"""
            # Objects of a cluster, {date}

            {Machine.Processor()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}. Load before and after: {load} and
            {Machine.Load()}. {RuntimeInformation.FrameworkDescription}; Akka.NET 1.5.74. Two nodes on loopback with TLS, medians of {rounds} rounds of
            {s_time.TotalSeconds} s, in turn with the bare asks of the same number of callers and the same place. "us each" is what one caller waits. Lock
            and unlock, put and get are two calls; a get also says that the item has come.

            {table}
            """);
        Console.WriteLine($"written: {file}");
    }
}
