namespace Multiproc.Benchmarks.Faults;

/// <summary>How a fault run goes. The same seed gives the same faults, and the same choices of each client.</summary>
internal sealed record FaultOptions
{
    public int Nodes { get; init; } = 3;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    public int Seed { get; init; } = 1;

    public int ClientsOfANode { get; init; } = 3;

    /// <summary>Whether each node has a network of its own, where that may be made.</summary>
    public bool WantsNamespaces { get; init; } = true;

    /// <summary>Whether the journal is in PostgreSQL, which nodes that are cut off cannot reach; else it is in a file, which all can.</summary>
    public bool UsesPostgreSql { get; init; }

    /// <summary>The longest pause between two faults.</summary>
    public TimeSpan LongestCalm { get; init; } = TimeSpan.FromSeconds(3);
}
