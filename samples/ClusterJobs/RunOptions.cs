using System.Security.Cryptography;
using Multiproc;

namespace ClusterJobs;

/// <summary>What the command line says.</summary>
internal sealed record RunOptions(string Folder, string[] Files, int Nodes, int Workers, bool Kill, string? Postgres, string? State);

/// <summary>What all nodes of a run have in common.</summary>
internal sealed record Place(string Folder, string? Postgres, byte[] Key)
{
    /// <summary>The role of the nodes that work.</summary>
    public const string WorkerRole = "worker";

    /// <summary>Where the index is written.</summary>
    public string Index => Path.Combine(Folder, "index.txt");

    public ClusterOptions Options(IReadOnlyList<string> seeds, params string[] roles) => new()
    {
        // Anybody who has the key can join, and have code run: a new one for each run, known to its processes only.
        AuthKey = Key,
        Seeds = seeds,
        Roles = roles,
        Storage = Postgres is null ? ClusterStorage.Sqlite(Path.Combine(Folder, "journal.db")) : ClusterStorage.PostgreSql(Postgres),
    };

    public static Place Make(RunOptions options)
    {
        string folder = options.State ?? Directory.CreateTempSubdirectory("cluster-jobs-").FullName;
        Directory.CreateDirectory(folder);
        return new Place(folder, options.Postgres, RandomNumberGenerator.GetBytes(32));
    }
}
