namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Tests with real nodes run one after the other: they measure times, and nodes that starve are taken for dead.</summary>
[CollectionDefinition(Name)]
public sealed class NodeTests
{
    public const string Name = "nodes";
}
