namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Tests with real nodes run one after the other: they measure times, and many nodes that starve are taken for dead.</summary>
[CollectionDefinition(Name)]
public sealed class NodeTests
{
    public const string Name = "nodes";
}

/// <summary>Tests with real nodes that judge no times run beside those that do, which wait for the most part.</summary>
[CollectionDefinition(Name)]
public sealed class MoreNodeTests
{
    public const string Name = "more nodes";
}
