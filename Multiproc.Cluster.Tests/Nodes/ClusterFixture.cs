namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>A folder with the journal of one test's cluster, and options for its nodes.</summary>
internal sealed class ClusterFolder : IDisposable
{
    public static readonly byte[] Key = "the key of the tests, 32 bytes.."u8.ToArray();

    private readonly string _path = Directory.CreateTempSubdirectory("multiproc-cluster-").FullName;

    public string Journal => Path.Combine(_path, "journal.db");

    public ClusterOptions Options(params string[] seeds) => OptionsFor(Journal, seeds);

    public static ClusterOptions OptionsFor(string journal, params string[] seeds) => new()
    {
        AuthKey = Key,
        Seeds = seeds,
        Storage = ClusterStorage.Sqlite(journal),
        Hocon = Environment.GetEnvironmentVariable("CLUSTER_HOCON") ?? "",
    };

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
