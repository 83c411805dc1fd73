using System.Security.Cryptography;

namespace Multiproc.Benchmarks.Clusters;

/// <summary>A cluster of this process and of nodes that work, each a process with one worker, and the pool over them; its journal is an SQLite file.</summary>
internal sealed class PoolNodes : IDisposable
{
    private const string Role = "worker";

    private readonly string _folder = Directory.CreateTempSubdirectory("multiproc-benchmark-").FullName;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly SharedEvent _stop = Mp.Event();
    private readonly List<ChildProcess> _processes = [];
    private readonly ClusterContext _cluster;

    public PoolNodes(int count)
    {
        _cluster = Mp.Cluster(Options(Journal, _key, []));
        for (int i = 0; i < count; i++)
        {
            var process = Mp.Process(Serve, Journal, _key, _cluster.Address, _stop);
            process.Start();
            _processes.Add(process);
        }

        Pool = _cluster.Pool(workersPerNode: 1, Role);
        SpinWait.SpinUntil(() => Pool.Insights().Workers.Count(static each => each.Start > TimeSpan.Zero) == count);
    }

    /// <summary>Every worker of it runs.</summary>
    public ProcessPool Pool { get; }

    private string Journal => Path.Combine(_folder, "journal.db");

    public void Dispose()
    {
        Pool.Dispose();
        _stop.Set();
        foreach (var process in _processes)
        {
            process.Join();
            process.Dispose();
        }

        _cluster.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ClusterOptions Options(string journal, byte[] key, string[] seeds, params string[] roles) =>
        new() { AuthKey = key, Seeds = seeds, Roles = roles, Storage = ClusterStorage.Sqlite(journal) };

    private static void Serve(string journal, byte[] key, string seed, SharedEvent stop)
    {
        using var cluster = Mp.Cluster(Options(journal, key, [seed], Role));
        stop.Wait();
    }
}
