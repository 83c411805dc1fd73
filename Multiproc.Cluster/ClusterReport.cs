namespace Multiproc;

/// <summary>A thread of a process of a node that holds an object of a cluster, or waits for one.</summary>
/// <param name="Node">The node, as "host:port"; empty when it is not known any more.</param>
/// <param name="Pid">The process id at the node's machine; 0 when it is not known.</param>
/// <param name="Thread">The managed thread id in that process; 0 for any thread of the process.</param>
public readonly record struct ClusterParty(string Node, int Pid, int Thread)
{
    /// <summary>Returns the node, the process and the thread.</summary>
    /// <returns>For example "10.0.0.2:4053, process 4711, thread 4".</returns>
    public override string ToString() => $"{(Node.Length == 0 ? "an unknown node" : Node)}, {new ObjectParty(Pid, Thread)}";
}

/// <summary>A holder of an object of a cluster, with the amount that it holds.</summary>
/// <param name="Who">The holder.</param>
/// <param name="Count">The amount: levels of a lock, permits of a semaphore, items of a queue.</param>
public readonly record struct ClusterHolder(ClusterParty Who, long Count);

/// <summary>What an object of a cluster looked like at one moment: where it lives, who holds it, who waits for it.</summary>
public sealed record ClusterObjectReport
{
    /// <summary>The name of the object.</summary>
    public required string Name { get; init; }

    /// <summary>The type of the object, for example "lock" (recursive or not) or "queue".</summary>
    public required string Type { get; init; }

    /// <summary>The node that the object lives in, as "host:port".</summary>
    public required string Node { get; init; }

    /// <summary>The current holders.</summary>
    public IReadOnlyList<ClusterHolder> Holders { get; init; } = [];

    /// <summary>The current waiters.</summary>
    public IReadOnlyList<ClusterParty> Waiters { get; init; } = [];

    /// <summary>Counts by name, such as "items" for a queue and "fence" for a lock.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>Returns the whole report in one line.</summary>
    /// <returns>For example "lock 'gate' at 10.0.0.1:4053; held by 10.0.0.2:4053, process 4711, thread 4; 2 wait; fence 12".</returns>
    public override string ToString() => string.Join("; ", Parts());

    private IEnumerable<string> Parts()
    {
        yield return $"{Type} '{Name}' at {Node}";
        if (Holders.Count > 0)
        {
            yield return $"held by {string.Join(" and ", Holders.Select(static each => each.Who))}";
        }

        if (Waiters.Count > 0)
        {
            yield return $"{Waiters.Count} wait: {string.Join(" and ", Waiters)}";
        }

        foreach (var (name, count) in Counts)
        {
            yield return $"{name} {count}";
        }
    }
}

/// <summary>What the objects that are in use in a cluster looked like. Each is of one moment, but not all of the same moment.</summary>
/// <param name="Objects">The objects, by name. An object that nobody used since its node started is in the journal only, and not among them.</param>
/// <param name="Silent">Nodes that did not answer, as "host:port": their objects are missing.</param>
public sealed record ClusterReport(IReadOnlyList<ClusterObjectReport> Objects, IReadOnlyList<string> Silent);
