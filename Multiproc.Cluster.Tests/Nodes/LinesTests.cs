namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Calls of objects of another node go over a connection of their own, and find another way when there is none.</summary>
[Collection(NodeTests.Name)]
public sealed class LinesTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Calls_OfAnotherNodesObject_UseALine_AndGoOnWithoutIt()
    {
        using var folder = new ClusterFolder();
        using var here = Mp.Cluster(folder.Options());
        using var other = new NodeProcess(folder.Journal, here.Address);
        string name = NameOwnedBy(here, other.Address);
        var numbers = here.Dictionary<string, int>(name);
        int count = 0;
        TestKit.Await.Until("there is a line to the other node", () =>
        {
            numbers["x"] = ++count;
            return here.Node.Routes.Lines!.Connected.Contains(other.Address);
        }, s_patience);
        for (int i = 0; i < 100; i++)
        {
            numbers["x"] = ++count;
        }

        numbers["x"].ShouldBe(count);

        // Its objects come to live here, and are found without a line.
        other.Kill();
        TestKit.Await.Until("the line has ended", () => !here.Node.Routes.Lines!.Connected.Any(), s_patience);
        numbers["x"].ShouldBe(count);
        numbers["x"] = ++count;
        numbers["x"].ShouldBe(count);
        here.Node.Gateway.OwnerOf(name).ShouldBe(here.Address);
    }

    [Fact]
    public void Port_ThatCannotBeOpened_LeavesTheWayThroughTheSharding()
    {
        // The port of the second node is taken: it says so, and its objects are reached all the same.
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new ClusterFolder();
        using var here = Mp.Cluster(folder.Options() with { PoolPort = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port });
        using var other = new NodeProcess(folder.Journal, here.Address);
        string name = NameOwnedBy(here, here.Address);
        other.Do(Use(name));
        here.Node.Port.Answer().Problem.ShouldContain("cannot be reached by nodes but through Akka");
    }

    private static Action<ClusterContext> Use(string name) => cluster =>
    {
        var numbers = cluster.Dictionary<string, int>(name);
        for (int i = 1; i <= 20; i++)
        {
            numbers["x"] = i;
        }

        numbers["x"].ShouldBe(20);
        cluster.Node.Routes.Lines!.Connected.ShouldBeEmpty();
    };

    private static string NameOwnedBy(ClusterContext cluster, string address)
    {
        string? found = null;
        int tried = 0;
        TestKit.Await.Until($"an object is at {address}", () =>
        {
            string name = $"numbers {++tried}";
            cluster.Dictionary<string, int>(name);
            found = cluster.Node.Gateway.OwnerOf(name) == address ? name : null;
            return found is not null;
        }, s_patience);
        return found!;
    }
}
