namespace Multiproc.Benchmarks.Clusters;

/// <summary>The other node, in a process of its own, until it is told to end.</summary>
internal sealed class NodeSide : IDisposable
{
    private readonly SharedEvent _end = Mp.Event();
    private readonly SharedQueue<string> _up = Mp.Queue<string>();
    private readonly ChildProcess _process;

    public NodeSide(string storage, byte[] key, string seed, bool seesDeaths = true)
    {
        _process = Mp.Process(Serve, (storage, key, seed, seesDeaths), _up, _end);
        _process.Start();
    }

    public string Address => field ??= _up.Get(TimeSpan.FromSeconds(60));

    public static ClusterOptions Options(string storage, byte[] key, string? seed, bool seesDeaths = true) => new()
    {
        Name = "benchmark",
        AuthKey = key,
        Seeds = seed is null ? [] : [seed],
        Storage = storage.Contains('=', StringComparison.Ordinal) ? ClusterStorage.PostgreSql(storage) : ClusterStorage.Sqlite(storage),
        SeesDeathsOfNeighbours = seesDeaths,
    };

    public void Kill()
    {
        _process.Kill();
        _process.Join();
    }

    public void Dispose()
    {
        _end.Set();
        _process.Join();
        _process.Dispose();
        _up.Dispose();
        _end.Dispose();
    }

    private static void Serve((string Storage, byte[] Key, string Seed, bool SeesDeaths) node, SharedQueue<string> up, SharedEvent end)
    {
        using var cluster = Mp.Cluster(Options(node.Storage, node.Key, node.Seed, node.SeesDeaths));
        BareSharding.Start(cluster);
        up.Put(cluster.Address);
        end.Wait();
    }
}
