namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>A folder with the journal of one test's cluster, and options for its nodes.</summary>
internal sealed class ClusterFolder : IDisposable
{
    public static readonly byte[] Key = "the key of the tests, 32 bytes.."u8.ToArray();

    /// <summary>Among the seeds: the nodes are to see each other as if they were on different machines.</summary>
    public const string Strangers = "strangers";

    /// <summary>Begins those of the seeds that are roles of the node.</summary>
    public const string Role = "role:";

    private readonly string _path = Directory.CreateTempSubdirectory("multiproc-cluster-").FullName;

    public string Journal => Path.Combine(_path, "journal.db");

    public ClusterOptions Options(params string[] seeds) => OptionsFor(Journal, seeds);

    public static ClusterOptions OptionsFor(string journal, params string[] seeds) => new()
    {
        AuthKey = Key,
        Seeds = [.. seeds.Where(static each => each != Strangers && !each.StartsWith(Role, StringComparison.Ordinal))],
        Roles = [.. seeds.Where(static each => each.StartsWith(Role, StringComparison.Ordinal)).Select(static each => each[Role.Length..])],
        Storage = ClusterStorage.Sqlite(journal),
        SeesDeathsOfNeighbours = !seeds.Contains(Strangers),
        Hocon = Environment.GetEnvironmentVariable("CLUSTER_HOCON") ?? "",
    };

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
