namespace Multiproc.States;

/// <summary>A holder of an object: the number of the process, the thread in it (0: any), and the amount held.</summary>
internal readonly record struct StateHolder(int Process, int Thread, long Count = 1);

/// <summary>A snapshot of a state for inspection: a copy.</summary>
internal sealed record StateSnapshot
{
    public static readonly StateSnapshot Nothing = new();

    public IReadOnlyList<StateHolder> Holders { get; init; } = [];

    /// <summary>The threads of the waiters, where they are known. Only with them can a cycle of waits be told from a busy process.</summary>
    public IReadOnlyDictionary<Caller, int> WaitingThreads { get; init; } = new Dictionary<Caller, int>();

    /// <summary>The pairs of waiters and holders, where not every waiter waits for every holder; null where each does.</summary>
    public IReadOnlyList<(Caller Waiter, StateHolder Holder)>? Waits { get; init; }

    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>Returns each wait of a caller for a holder.</summary>
    public IEnumerable<(Caller Waiter, StateHolder Holder)> AllWaits() =>
        Waits ?? WaitingThreads.Keys.SelectMany(_ => Holders, static (waiter, holder) => (waiter, holder));
}
