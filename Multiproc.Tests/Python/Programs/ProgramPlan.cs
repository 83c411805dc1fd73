namespace Multiproc.Tests.Python.Programs;

/// <summary>What a random program is made of; drawn from a seed, so that it can be run again.</summary>
internal sealed record ProgramPlan(
    int Seed, int Items, bool CountsTasks, bool Recursive, int Permits, IReadOnlyList<string?> Workers, IReadOnlyList<(int AfterItems, int Victim)> Kills)
{
    private readonly Random _replacements = new(Seed);

    /// <param name="seed">Of everything that is random.</param>
    /// <param name="items">The number of items.</param>
    /// <param name="mostKills">The largest number of workers that are killed.</param>
    /// <param name="versions">The versions of Python.</param>
    public static ProgramPlan Of(int seed, int items, int mostKills, IReadOnlyList<string> versions)
    {
        var random = new Random(seed);
        int pairs = random.Next(1, 3);

        // Half of the workers are Python's: null is one of C#.
        List<string?> workers = [.. Enumerable.Range(0, 2 * pairs).Select(i => i % 2 == 0 ? null : versions[random.Next(versions.Count)])];
        int kills = random.Next(2, mostKills + 1);
        var moments = Enumerable.Range(0, kills).Select(_ => (AfterItems: random.Next(items), Victim: random.Next(workers.Count))).ToList();

        // Both sides are hit, whatever was drawn.
        moments[0] = (moments[0].AfterItems, 0);
        moments[1] = (moments[1].AfterItems, 1);
        return new ProgramPlan(
            seed, items, random.Next(2) == 0, random.Next(2) == 0, random.Next(1, 4), workers, [.. moments.OrderBy(static each => each.AfterItems)]);
    }

    /// <summary>Draws what takes the place of a worker that was killed.</summary>
    public string? Replacement() => Workers[_replacements.Next(Workers.Count)];

    public override string ToString() =>
        $"seed {Seed}: {Items} items in a {(CountsTasks ? "JoinableQueue" : "Queue")}, {(Recursive ? "RLock" : "Lock")}, {Permits} permits, workers "
            + $"{string.Join(" ", Workers.Select(static each => each ?? "C#"))}, {Kills.Count} kills";
}
