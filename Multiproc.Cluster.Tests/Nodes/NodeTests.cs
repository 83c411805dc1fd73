// The three collections of nodes wait for most of their time; the fourth thread is for all others.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

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

/// <summary>Tests that wait longest: for leases to run out, servers to come back, programs to start and leave.</summary>
[CollectionDefinition(Name)]
public sealed class WaitingNodeTests
{
    public const string Name = "nodes that are waited for";
}
