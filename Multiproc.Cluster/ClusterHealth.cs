namespace Multiproc;

/// <summary>How well a node of a cluster is.</summary>
public enum ClusterHealthStatus
{
    /// <summary>Operations end as usual.</summary>
    Healthy,

    /// <summary>Some operations wait, or may soon: nodes, or the storage, cannot be reached.</summary>
    Degraded,

    /// <summary>This node is no longer in the cluster: every operation fails. Begin anew, by <c>Mp.Cluster</c>.</summary>
    Unhealthy,
}

/// <summary>How well a node of a cluster is, with the reason; for health checks and probes.</summary>
/// <param name="Status">The status.</param>
/// <param name="Reason">Why it is not healthy, or how many members there are.</param>
public sealed record ClusterHealth(ClusterHealthStatus Status, string Reason)
{
    internal static ClusterHealth Of(string? ended, IReadOnlyList<ClusterMember> members, string? storageProblem)
    {
        if (ended is not null)
        {
            return new ClusterHealth(ClusterHealthStatus.Unhealthy, ended);
        }

        string[] unreachable = [.. members.Where(static each => !each.IsReachable).Select(static each => each.Address)];
        string problem = string.Join("; ", new[]
        {
            unreachable.Length == 0 ? null : $"{string.Join(", ", unreachable)} cannot be reached: objects of these nodes wait until they are removed",
            storageProblem is null ? null : $"the storage cannot be reached ({storageProblem}): operations wait for it",
        }.OfType<string>());
        return problem.Length == 0
            ? new ClusterHealth(ClusterHealthStatus.Healthy, $"{members.Count} members, all reachable")
            : new ClusterHealth(ClusterHealthStatus.Degraded, problem);
    }
}
