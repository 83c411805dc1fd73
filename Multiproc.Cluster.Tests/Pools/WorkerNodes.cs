using Multiproc.Cluster.Tests.Nodes;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>A cluster of this process and two nodes with the role "worker", for all tests of a class.</summary>
public sealed class WorkerNodes : IAsyncLifetime
{
    public const string Role = "worker";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ClusterFolder _folder = new();
    private readonly List<NodeProcess> _nodes = [];

    public string Journal => _folder.Journal;

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

    /// <summary>Has this process be one more node with a role.</summary>
    public Task<ClusterContext> JoinAsync(params string[] options) => ClusterContext.JoinAsync(ClusterFolder.OptionsFor(Journal, [Here.Address, .. options]));

    /// <summary>Waits until a pool has workers on that many nodes.</summary>
    public static void AwaitNodes(ProcessPool pool, int count) => TestKit.Await.Until(
        $"there are workers on {count} nodes",
        () => pool.Insights().Workers.Where(static each => each.Start > TimeSpan.Zero).Select(static each => each.Node).Distinct().Count() == count,
        Patience);

    public async ValueTask DisposeAsync()
    {
        _nodes.ForEach(static each => each.Dispose());
        await Here.DisposeAsync();
        _folder.Dispose();
    }
}
