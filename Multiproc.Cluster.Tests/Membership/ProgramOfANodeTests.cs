using Multiproc.Cluster.Tests.Nodes;
using Multiproc.Processes.Views;
using Multiproc.TestKit;

namespace Multiproc.Cluster.Tests.Membership;

/// <summary>What a program that is a node tells about its cluster, to the dashboard and to <c>multiproc-host ps --objects</c>.</summary>
[Collection(MoreNodeTests.Name)]
public sealed class ProgramOfANodeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    [Fact]
    public void View_OfTheProgram_HasTheMembersAndTheObjectsOfTheCluster()
    {
        using var folder = new ClusterFolder();
        using var here = Mp.Cluster(folder.Options());
        using var other = new NodeProcess(folder.Journal, here.Address);
        string address = other.Address;
        here.Lock("gate").Acquire(s_patience).ShouldBeTrue();
        here.Queue<int>("jobs").PutMany([1, 2, 3]);
        other.Begin(static cluster => cluster.Lock("gate").Acquire());
        ClusterView? view = null;
        Await.Until("the view has the lock with its holder and its waiter", () =>
        {
            view = Look()?.Cluster;
            return view?.Objects.SingleOrDefault(static each => each.Name == "gate") is { Holders.Count: 1, Waiters.Count: 1 };
        });
        view!.Address.ShouldBe(here.Address);
        view.Members.ShouldAllBe(static each => each.Status == "Up" && each.IsReachable);
        view.Members.Select(static each => each.Address).ShouldBe([here.Address, address], ignoreOrder: true);
        view.Members.Single(static each => each.IsSelf).Address.ShouldBe(here.Address);
        var gate = view.Objects.Single(static each => each.Name == "gate");
        gate.Type.ShouldBe("lock");
        new[] { here.Address, address }.ShouldContain(gate.Node);
        gate.Holders.Single().ShouldContain($"{Environment.ProcessId}");
        view.Objects.Single(static each => each.Name == "jobs").Counts["items"].ShouldBe(3);
        here.Lock("gate").Release();
        other.Report().ShouldBe("done");
    }

    /// <summary>Looks through the socket that tools in other processes use.</summary>
    private static ProgramView? Look()
    {
        using var patience = new CancellationTokenSource(s_patience);
        string? address = ViewClient.Find().Where(static each => each.Pid == Environment.ProcessId).Select(static each => each.Address).FirstOrDefault();
        return address is null ? null : ViewClient.LookAsync(address, patience.Token).GetAwaiter().GetResult();
    }
}
