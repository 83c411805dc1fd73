namespace Multiproc.Processes.Views;

/// <summary>A cluster, as the node knows it that the program is.</summary>
/// <param name="Address">Where the other nodes reach the program, as "host:port".</param>
/// <param name="Members">The nodes.</param>
/// <param name="Objects">The objects in use, and where each lives.</param>
/// <param name="Silent">Nodes that did not answer, as "host:port": their objects are missing.</param>
/// <param name="Deadlocks">Deadlocks by locks of the cluster.</param>
internal sealed record ClusterView(
    string Address, IReadOnlyList<MemberView> Members, IReadOnlyList<ClusterObjectView> Objects, IReadOnlyList<string> Silent,
    IReadOnlyList<DeadlockView> Deadlocks);

/// <summary>A node of a cluster.</summary>
internal sealed record MemberView(string Address, IReadOnlyList<string> Roles, string Status, bool IsReachable, bool IsSelf);

/// <summary>An object of a cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">For example "lock" or "queue".</param>
/// <param name="Node">The node that it lives in, as "host:port".</param>
/// <param name="Holders">The holders, in words.</param>
/// <param name="Waiters">The waiters, in words.</param>
/// <param name="Counts">Counts by name, such as "items" of a queue.</param>
internal sealed record ClusterObjectView(
    string Name, string Type, string Node, IReadOnlyList<string> Holders, IReadOnlyList<string> Waiters, IReadOnlyDictionary<string, long> Counts);
