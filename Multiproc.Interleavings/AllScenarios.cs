using Multiproc.Interleavings.Exploring;
using Multiproc.Interleavings.Scenarios;

namespace Multiproc.Interleavings;

/// <summary>All scenarios by name, as tests run them: also a copy of this assembly in which a protocol was changed.</summary>
public static class AllScenarios
{
    private const int MostStates = 5_000_000;

    /// <summary>Each takes a second or two.</summary>
    private static readonly Func<Scenario>[] s_short =
    [
        static () => new LockScenario(2, timed: false),
        static () => new LockScenario(2, timed: true),
        static () => new LockScenario(2, timed: true, deaths: 2),
        static () => new SemaphoreScenario(2, 1),
        static () => new EventScenario(2, clears: false),
        static () => new EventScenario(2, clears: true),
        static () => new EventScenario(3, clears: false),
        static () => new CountdownScenario(2, 1),
        static () => new CountdownScenario(1, 2),
        static () => new ReadWriteScenario(1, upgrades: false, deaths: 0),
        static () => new BarrierScenario(2),
        static () => new ConditionScenario(1),
        static () => new AheadScenario(),
        static () => new RingScenario(),
        static () => new DoorbellScenario(1, asLeader: false),
        static () => new DoorbellScenario(1, asLeader: true),
        static () => new DoorbellScenario(2, asLeader: true),
    ];

    /// <summary>Minutes each.</summary>
    private static readonly Func<Scenario>[] s_long =
    [
        static () => new LockScenario(3, timed: false),
        static () => new SemaphoreScenario(2, 2, deaths: 2),
        static () => new SemaphoreScenario(3, 1, deaths: 0),
        static () => new SemaphoreScenario(3, 2),
        static () => new EventScenario(3, clears: true),
        static () => new CountdownScenario(2, 2, deaths: 2),
        static () => new ReadWriteScenario(1, upgrades: false),
        static () => new ReadWriteScenario(1, upgrades: true),
        static () => new ReadWriteScenario(1, upgrades: false, timed: true),
        static () => new ReadWriteScenario(2, upgrades: false),
        static () => new BarrierScenario(3, deaths: 0),
        static () => new BarrierScenario(3),
        static () => new ConditionScenario(2),
        static () => new DoorbellScenario(2, asLeader: false),
    ];

    /// <summary>The names of the scenarios that take a second or two each.</summary>
    public static IReadOnlyList<string> Short { get; } = [.. s_short.Select(static make => make().Name)];

    /// <summary>The names of those with more processes, which take minutes.</summary>
    public static IReadOnlyList<string> Long { get; } = [.. s_long.Select(static make => make().Name)];

    /// <summary>Tries all interleavings of a scenario.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>How many states there are, how many ends, and the history that breaks an invariant; null if there is none.</returns>
    public static (int States, int Ends, string? Broken) Explore(string name)
    {
        var scenario = s_short.Concat(s_long).Select(static make => make()).First(each => each.Name == name);
        (int States, int Ends, string? Broken) found = default;

        // The search goes as deep as the longest history.
        var thread = new Thread(() =>
        {
            using var explorer = new Explorer(scenario, MostStates);
            string? broken = explorer.Explore();
            found = (explorer.States, explorer.Ends, broken);
        }, 256 << 20);
        thread.Start();
        thread.Join();
        return found;
    }
}
