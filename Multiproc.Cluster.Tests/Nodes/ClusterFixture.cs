namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>A folder with the journal of one test's cluster, and options for its nodes.</summary>
internal sealed class ClusterFolder : IDisposable
{
    public static readonly byte[] Key = "the key of the tests, 32 bytes.."u8.ToArray();

    /// <summary>Among the seeds: the nodes are to see each other as if they were on different machines.</summary>
    public const string Strangers = "strangers";

    /// <summary>Begins those of the seeds that are roles of the node.</summary>
    public const string Role = "role:";

    /// <summary>Among the seeds: the node says that it runs another build of the tests.</summary>
    public const string OtherBuild = "other build";

    /// <summary>The most bytes of an argument of a pool over nodes, in tests.</summary>
    public const int LargestInput = 4 << 20;

    private readonly string _path = Directory.CreateTempSubdirectory("multiproc-cluster-").FullName;

    public string Journal => Path.Combine(_path, "journal.db");

    public ClusterOptions Options(params string[] seeds) => OptionsFor(Journal, seeds);

    public static ClusterOptions OptionsFor(string journal, params string[] seeds) => new()
    {
        AuthKey = Key,
        Seeds = [.. seeds.Where(static each => each is not (Strangers or OtherBuild) && !each.StartsWith(Role, StringComparison.Ordinal))],
        Roles = [.. seeds.Where(static each => each.StartsWith(Role, StringComparison.Ordinal)).Select(static each => each[Role.Length..])],
        Storage = ClusterStorage.Sqlite(journal),
        LargestPoolInput = LargestInput,
        PoolShares = 2,
        Program = seeds.Contains(OtherBuild) ? Foreign : null,
        SeesDeathsOfNeighbours = !seeds.Contains(Strangers),
        Hocon = Environment.GetEnvironmentVariable("CLUSTER_HOCON") ?? "",
    };

    private static Cluster.Pools.ProgramIdentity Foreign()
    {
        var own = Cluster.Pools.OwnProgram.Identity;
        var assemblies = own.Assemblies.ToDictionary();
        assemblies["Multiproc.Cluster.Tests"] = Guid.NewGuid();
        assemblies.Remove("Shouldly");
        return own with { Assemblies = assemblies };
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
