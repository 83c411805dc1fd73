namespace Multiproc.States;

/// <summary>Who has something of an object: a process by its number, a thread of it (0: any), and how much.</summary>
internal readonly record struct StateHolder(int Process, int Thread, long Count = 1);

/// <summary>What a state shows of itself to whoever looks: a copy.</summary>
internal sealed record StateSnapshot
{
    public static readonly StateSnapshot Nothing = new();

    public IReadOnlyList<StateHolder> Holders { get; init; } = [];

    /// <summary>The threads of those who wait, where they are known: only there a cycle of waiting can be told from a busy process.</summary>
    public IReadOnlyDictionary<Caller, int> WaitingThreads { get; init; } = new Dictionary<Caller, int>();

    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();
}
