using Multiproc.Cluster.Admission;

namespace Multiproc;

/// <summary>How a process joins a cluster.</summary>
/// <example>
/// <code>
/// var options = new ClusterOptions
/// {
///     AuthKey = key,
///     Port = 4053,
///     Seeds = ["10.0.0.1:4053", "10.0.0.2:4053"],
///     Storage = ClusterStorage.PostgreSql("Host=db;Database=jobs;Username=jobs"),
/// };
/// using var cluster = Mp.Cluster(options);
/// </code>
/// </example>
public sealed record ClusterOptions
{
    /// <summary>The name of the cluster: letters, digits and hyphens. The same in all of its nodes. Default "multiproc".</summary>
    public string Name { get; init; } = "multiproc";

    /// <summary>The address that the other nodes reach this one at. Default 127.0.0.1, for a cluster within one machine.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The TCP port to listen at. Default 0, which is any that is free.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Nodes to join, each as "host:port": the first that answers. A node that is its own first seed begins a new cluster when none of the others answers.
    /// Default none, which begins a new cluster.
    /// </summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>How to find nodes to join, where <see cref="Seeds"/> are not known. Default null; not together with <see cref="Seeds"/>.</summary>
    public ClusterDiscovery? Discovery { get; init; }

    /// <summary>The roles of this node, for the user's own purposes. Default none.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>
    /// The key that all nodes of the cluster know, of at least 16 bytes. The certificates of both ends of every connection are derived from it: a process
    /// without it can neither join nor listen. Required.
    /// </summary>
    public ReadOnlyMemory<byte> AuthKey { get; init; }

    /// <summary>Where the journals are kept. Required.</summary>
    public ClusterStorage? Storage { get; init; }

    /// <summary>
    /// How long a node may be unreachable before the majority goes on without it, beside about 2.5 s until that is noticed. Default 1 s; from 0.5 s to 1 min.
    /// Short times make takeovers quick, and short interruptions of the network costly; neither loses anything.
    /// </summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long joining the cluster, leaving it, and opening an object may take. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Settings of Akka.NET, in HOCON, which go before those of this library. Default none.</summary>
    public string Hocon { get; init; } = "";

    /// <summary>
    /// The TCP port at which other nodes reach the workers of this one, and its objects on a short way. Default 0, which is any that is free. It is opened when
    /// another node first asks for it. Calls of objects of a node whose port cannot be reached go through Akka's, and take longer.
    /// </summary>
    public int PoolPort { get; init; }

    /// <summary>
    /// A folder for code that pools of other nodes send, for a node that does not run their program; null (the default) to take none. The folder is made for
    /// this user alone. A pool whose program this node does not have sends its assemblies once, over the authenticated connection.
    /// </summary>
    public string? CodeFolder { get; init; }

    /// <summary>
    /// How many workers may be busy on this node before pools have to share it: then each gets an equal number of them, and one at least. From 1; null (the
    /// default) for the number of processors. A pool that is alone on a node is never limited.
    /// </summary>
    public int? PoolShares { get; init; }

    /// <summary>The most bytes of an argument of a task of a pool over nodes. Lower in tests.</summary>
    internal int LargestPoolInput { get; init; } = Cluster.Pools.NodeLine.MostBytesOfArgument;

    /// <summary>The program that this node says it runs; null for the true one. Another in tests.</summary>
    internal Func<Cluster.Pools.ProgramIdentity>? Program { get; init; }

    /// <summary>Whether the death of a node of the same machine is told to the cluster at once. Off in tests of what other machines see.</summary>
    internal bool SeesDeathsOfNeighbours { get; init; } = true;

    /// <summary>The version that this node says it has. Another than its own in tests.</summary>
    internal string Version { get; init; } = NodePapers.OwnVersion;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentException.ThrowIfNullOrEmpty(Host);
        if (!Name.All(static each => char.IsAsciiLetterOrDigit(each) || each == '-'))
        {
            throw new ArgumentException($"'{Name}' is no name of a cluster: use letters, digits and hyphens.", nameof(Name));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegative(PoolPort);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PoolPort, ushort.MaxValue);
        if (PoolShares is { } shares)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shares, nameof(PoolShares));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(StableAfter, TimeSpan.FromSeconds(0.5));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(StableAfter, TimeSpan.FromMinutes(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        if (AuthKey.Length < 16)
        {
            throw new ArgumentException(
                $"The AuthKey has {AuthKey.Length} bytes: the nodes of a cluster need the same random key of at least 16.",
                nameof(AuthKey));
        }

        if (Discovery is not null && Seeds.Count > 0)
        {
            throw new ArgumentException($"There are Seeds and a Discovery ({Discovery}): choose one.", nameof(Discovery));
        }

        if (Storage is null)
        {
            throw new ArgumentException(
                "There is no Storage: choose ClusterStorage.Sqlite for nodes of one machine, or ClusterStorage.PostgreSql.",
                nameof(Storage));
        }
    }
}
