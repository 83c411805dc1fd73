namespace Multiproc.Cluster.Tests.Commands;

/// <summary>How a node's health follows from what it knows.</summary>
public sealed class ClusterHealthTests
{
    private static readonly ClusterMember s_self = new("a:1", [], "Up", IsReachable: true, IsSelf: true);
    private static readonly ClusterMember s_lost = new("b:2", [], "Up", IsReachable: false, IsSelf: false);

    [Fact]
    public void Health_FollowsMembersAndStorage()
    {
        ClusterHealth.Of(null, [s_self], null).Status.ShouldBe(ClusterHealthStatus.Healthy);
        ClusterHealth.Of(null, [s_self, s_lost], null).ShouldBe(new ClusterHealth(
            ClusterHealthStatus.Degraded, "b:2 cannot be reached: objects of these nodes wait until they are removed"));
        ClusterHealth.Of(null, [s_self], "no route").Reason.ShouldContain("no route");
        ClusterHealth.Of("it has left.", [s_self], null).ShouldBe(new ClusterHealth(ClusterHealthStatus.Unhealthy, "it has left."));
    }
}
