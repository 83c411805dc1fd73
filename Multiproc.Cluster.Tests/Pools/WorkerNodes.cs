using Multiproc.Cluster.Tests.Nodes;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>A cluster of this process and two nodes with the role "worker", for all tests of a class.</summary>
public sealed class WorkerNodes : IAsyncLifetime
{
    public const string Role = "worker";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly ClusterFolder _folder = new();
    private readonly List<NodeProcess> _nodes = [];

    public ClusterContext Here { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Here = await ClusterContext.JoinAsync(_folder.Options());
        Start();
        Start();
    }

    /// <summary>Starts one more node with the role.</summary>
    internal NodeProcess Start()
    {
        var node = new NodeProcess(_folder.Journal, Here.Address, ClusterFolder.Role + Role);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Waits until that many nodes are in use by a pool.</summary>
    public static void AwaitNodes(ProcessPool pool, int count) => TestKit.Await.Until(
        $"{count} nodes are in use", () => pool.Insights().Nodes.Count(static each => each.State == "used" && each.Workers > 0) == count, Patience);

    public async ValueTask DisposeAsync()
    {
        _nodes.ForEach(static each => each.Dispose());
        await Here.DisposeAsync();
        _folder.Dispose();
    }
}
