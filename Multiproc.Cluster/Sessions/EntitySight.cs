namespace Multiproc.Cluster.Sessions;

/// <summary>
/// A thread of a process of a node; the number is that which the node gave the process. <paramref name="Amount"/> is what it holds, or its call.
/// </summary>
internal readonly record struct SightParty(string Node, int Process, int Thread, long Amount);

/// <summary>What an object's owner sees of it at one moment: who holds it, who waits for it, and its counts.</summary>
internal sealed record EntitySight(
    string Name,
    string Type,
    IReadOnlyList<SightParty> Holders,
    IReadOnlyList<SightParty> Waiters,
    IReadOnlyDictionary<string, long> Counts)
{
    /// <summary>The pairs of waiters and holders, where not every waiter waits for every holder; empty where each does, or nobody waits.</summary>
    public IReadOnlyList<(SightParty Waiter, SightParty Holder)> Waits { get; init; } = [];

    /// <summary>Each wait of a waiter for a holder.</summary>
    public IEnumerable<(SightParty Waiter, SightParty Holder)> AllWaits() =>
        Waits.Count > 0 ? Waits : Waiters.SelectMany(_ => Holders, static (waiter, holder) => (waiter, holder));
}
