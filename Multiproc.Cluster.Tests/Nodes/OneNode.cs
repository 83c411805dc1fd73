namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>A cluster of one node, for all tests of a class.</summary>
public sealed class OneNode : IAsyncLifetime
{
    private readonly ClusterFolder _folder = new();

    public ClusterContext Cluster { get; private set; } = null!;

    internal ClusterFolder Folder => _folder;

    public async ValueTask InitializeAsync() => Cluster = await ClusterContext.JoinAsync(_folder.Options());

    /// <summary>Has the node leave, and begins the cluster again on the same journal.</summary>
    public async Task RestartAsync()
    {
        await Cluster.DisposeAsync();
        await InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _folder.Dispose();
    }
}
