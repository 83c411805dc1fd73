namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Nodes that find each other without being told addresses.</summary>
[Collection(NodeTests.Name)]
public sealed class DiscoveryTests
{
    [Fact]
    public async Task Nodes_FindEachOtherInEachWay_AndBeginOneCluster()
    {
        using var folder = new ClusterFolder();
        var nodes = new List<ClusterContext>();
        try
        {
            // Two that begin at the same time: the storage lets one of them begin, and the other one finds it there.
            var first = Task.Run(() => Mp.Cluster(folder.Options() with { Discovery = ClusterDiscovery.Storage }), TestContext.Current.CancellationToken);
            var second = Task.Run(() => Mp.Cluster(folder.Options() with { Discovery = ClusterDiscovery.Storage }), TestContext.Current.CancellationToken);
            nodes.AddRange(await Task.WhenAll(first, second));
            string known = nodes[0].Address;
            int port = int.Parse(known.Split(':')[1]);
            string variable = $"SEEDS_{Guid.NewGuid():N}";
            Environment.SetEnvironmentVariable(variable, $" 127.0.0.1:1, {known}");
            string settings = $$"""
                akka.discovery.config {
                  class = "Akka.Discovery.Config.ConfigServiceDiscovery, Akka.Discovery"
                  services.jobs.endpoints = ["{{known}}"]
                }
                """;
            nodes.AddRange(await Task.WhenAll(
                Join(ClusterDiscovery.EnvironmentVariable(variable)),
                Join(ClusterDiscovery.Dns("localhost", port)),
                Join(ClusterDiscovery.Akka("config", "jobs"), settings)));
            foreach (var node in nodes)
            {
                TestKit.Await.Until("all know all", () => node.Members.Count == nodes.Count);
            }

            Should.Throw<ArgumentException>(() => Mp.Cluster(folder.Options() with { Discovery = ClusterDiscovery.Akka("unheard-of", "jobs") }))
                .Message.ShouldContain("akka.discovery.unheard-of");
            Should.Throw<ArgumentException>(() => Mp.Cluster(folder.Options(known) with { Discovery = ClusterDiscovery.Storage }))
                .Message.ShouldContain("choose one");
        }
        finally
        {
            await Task.WhenAll(nodes.Select(static node => node.DisposeAsync().AsTask()));
        }

        Task<ClusterContext> Join(ClusterDiscovery discovery, string settings = "") =>
            Task.Run(() => Mp.Cluster(folder.Options() with { Discovery = discovery, Hocon = settings }), TestContext.Current.CancellationToken);
    }
}
