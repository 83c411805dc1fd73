namespace Multiproc;

/// <summary>An object of a cluster, as <see cref="ClusterContext.List()"/> shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is, for example "Queue&lt;System.String&gt; of at most 10".</param>
/// <param name="Address">The node that it lives in, as "host:port". It may move at any time.</param>
/// <param name="Durability">What it survives.</param>
/// <param name="ExpireAfter">For how long it may be unused until it is deleted; null for ever.</param>
public sealed record ClusterObject(string Name, string Kind, string Address, Durability Durability, TimeSpan? ExpireAfter);
