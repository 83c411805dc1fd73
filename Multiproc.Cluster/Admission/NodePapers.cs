namespace Multiproc.Cluster.Admission;

/// <summary>What a node shows to the one that lets it in.</summary>
/// <param name="Version">The version of the library, "major.minor.build".</param>
/// <param name="Journal">The identity of its journal, which the journal itself has.</param>
/// <param name="Storage">The storage in words, without passwords.</param>
/// <param name="Address">Where the node is reached.</param>
internal sealed record NodePapers(string Version, string Journal, string Storage, string Address)
{
    /// <summary>The version of this library.</summary>
    public static string OwnVersion { get; } = typeof(NodePapers).Assembly.GetName().Version!.ToString(3);

    /// <summary>
    /// Says what keeps another node out of the cluster of this one; null when nothing does. Patch versions may differ: nodes are updated in turn.
    /// </summary>
    public string? ProblemOf(NodePapers other)
    {
        if (Compatible(other.Version) != Compatible(Version))
        {
            return $"{other.Address} has version {other.Version} of Multiproc.Cluster, and {Address} of the cluster has {Version}: "
                + "give all nodes the same major and minor version.";
        }

        return other.Journal == Journal
            ? null
            : $"{other.Address} uses another journal ({other.Storage}) than {Address} of the cluster ({Storage}): "
                + "give all nodes the same storage, or the other cluster's seeds to the node.";
    }

    private static string Compatible(string version) => string.Join('.', version.Split('.').Take(2));
}
