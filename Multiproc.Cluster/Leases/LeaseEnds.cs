using Multiproc.States;

namespace Multiproc.Cluster.Leases;

/// <summary>What the storage says of the lease of a node.</summary>
/// <param name="Renewals">How often it was renewed.</param>
/// <param name="IsTaken">Whether it is renewed no more.</param>
/// <param name="IsGivenUp">Whether nobody acts upon it any more.</param>
internal readonly record struct LeaseEntry(long Renewals, bool IsTaken, bool IsGivenUp);

/// <summary>
/// When the leases of other nodes are over. Pure. A lease is taken away in the storage first, so that it is renewed no more; it is over when the time has
/// passed since its last renewal was first seen. That this was the last one is known by its number.
/// </summary>
internal class LeaseEnds
{
    /// <summary>How long an entry is kept that was taken away or given up: others may still have to learn of it.</summary>
    private static readonly long s_kept = TimeSpan.FromMinutes(1).Ticks;

    private readonly Dictionary<string, (long Renewals, Instant Since)> _seen = [];
    private readonly Dictionary<string, Instant> _ending = [];

    /// <summary>The entries of all nodes, as the storage had them at some moment before now.</summary>
    /// <returns>The nodes whose entries say nothing any more.</returns>
    public virtual IReadOnlyList<string> Saw(IReadOnlyDictionary<string, LeaseEntry> entries, Instant now)
    {
        var old = new List<string>();
        foreach (string gone in _seen.Keys.Where(each => !entries.ContainsKey(each)).ToArray())
        {
            _seen.Remove(gone);
        }

        foreach (var (node, entry) in entries)
        {
            var since = SinceOf(node, entry, now);
            if (entry.IsGivenUp && _ending.ContainsKey(node))
            {
                _ending[node] = now;
            }

            if (entry.IsTaken && now.Ticks - since.Ticks > s_kept)
            {
                old.Add(node);
            }
        }

        return old;
    }

    /// <summary>The lease of a node was taken away.</summary>
    /// <param name="node">The node.</param>
    /// <param name="entry">What it was then; null when there was no entry.</param>
    /// <param name="now">When the answer came.</param>
    public virtual void Took(string node, LeaseEntry? entry, Instant now)
    {
        var since = entry is { } taken ? SinceOf(node, taken, now) : now;
        _ending[node] = entry is { IsGivenUp: true } ? now : new Instant(since.Ticks + LeaseTimes.OverAfter.Ticks);
    }

    /// <summary>How long a lease that was taken away may still be held.</summary>
    public TimeSpan LeftOf(string node, Instant now) => TimeSpan.FromTicks(Math.Max(0, _ending[node].Ticks - now.Ticks));

    /// <summary>Nobody waits for it any more.</summary>
    public void Forget(string node) => _ending.Remove(node);

    /// <summary>When the last renewal was first seen: it was sent before.</summary>
    private Instant SinceOf(string node, LeaseEntry entry, Instant now)
    {
        if (!_seen.TryGetValue(node, out var known) || known.Renewals != entry.Renewals)
        {
            _seen[node] = known = (entry.Renewals, now);
        }

        return known.Since;
    }
}
