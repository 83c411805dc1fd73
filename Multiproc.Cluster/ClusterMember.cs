namespace Multiproc;

/// <summary>A node of a cluster, as another node sees it.</summary>
/// <param name="Address">Where it is reached, as "host:port".</param>
/// <param name="Roles">Its roles.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting or Down.</param>
/// <param name="IsReachable">Whether it answers, as far as this node knows.</param>
/// <param name="IsSelf">Whether it is the node that was asked.</param>
public sealed record ClusterMember(string Address, IReadOnlyList<string> Roles, string Status, bool IsReachable, bool IsSelf);
