using System.Diagnostics;
using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Tests.Simulation.Newer;

namespace Multiproc.Cluster.Tests.Simulation;

public sealed class SimulationTests(ITestOutputHelper output)
{
    /// <summary>A seed that failed is run again by <c>SIMULATION_SEED</c>.</summary>
    private static readonly int s_first =
        int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEED"), out int seed) ? seed : Random.Shared.Next(1_000_000_000);

    private static readonly TimeSpan s_time =
        TimeSpan.FromSeconds(double.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SECONDS"), out double seconds) ? seconds : 10);

    [Fact]
    public void Object_WithAnAdversary_KeepsItsGuarantees()
    {
        output.WriteLine($"first seed {s_first}");
        var watch = Stopwatch.StartNew();
        int seed = s_first;
        (long operations, long kills, long takeovers, long failures, long lost, long ended, long moved) = (0, 0, 0, 0, 0, 0, 0);
        do
        {
            var load = SimRuns.Workload(seed);
            var world = SimRuns.Run(seed, load, Mutant.None);
            operations += load.Operations;
            kills += world.Kills;
            takeovers += world.Takeovers;
            lost += world.LostSessions;
            failures += world.Journal.Failures;
            ended += world.Journal.Records.Count(static record => record is JournalRecord.Ended);
            moved += world.Journal.Records.Count(static record => record is JournalRecord.TakenOver);
            seed++;
        }
        while (watch.Elapsed < s_time);

        output.WriteLine($"{seed - s_first} seeds in {watch.Elapsed.TotalSeconds:F1} s: {operations} operations, "
            + $"{kills} nodes lost, {takeovers} owners, {failures} failed writes, {lost} living nodes taken for dead, "
            + $"{ended} objects ended, {moved} moved from memory to memory");
        kills.ShouldBeGreaterThan(0);
        takeovers.ShouldBeGreaterThan(0);
        failures.ShouldBeGreaterThan(0);
        ended.ShouldBeGreaterThan(0);
        moved.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void NewerObjects_WithAnAdversary_KeepTheirGuarantees()
    {
        output.WriteLine($"first seed {s_first}");
        var watch = Stopwatch.StartNew();
        var operations = new SortedDictionary<string, long>();
        for (int seed = s_first; watch.Elapsed < s_time / 2 || operations.Count < SimRuns.Newer.Count; seed++)
        {
            string name = SimRuns.Newer.Keys.ElementAt(seed % SimRuns.Newer.Count);
            var load = SimRuns.Newer[name]();
            SimRuns.Run(seed, load, Mutant.None);
            operations[name] = operations.GetValueOrDefault(name) + load.Operations;
        }

        output.WriteLine(string.Join(", ", operations.Select(static each => $"{each.Key}: {each.Value} operations")));
        operations.Values.ShouldAllBe(static count => count > 10);
    }

    /// <summary>What would break the guarantees of each of them, and must be found by what is checked of it.</summary>
    [Theory]
    [InlineData("read-write lock", Mutant.NodesNeverGo)]
    [InlineData("read-write lock", Mutant.EffectsBeforeTheJournal)]
    [InlineData("counter", Mutant.NothingIsDeduplicated)]
    [InlineData("counter", Mutant.FailedWritesAreIgnored)]
    [InlineData("counter", Mutant.ReadsAreNotConfirmed)]
    [InlineData("countdown", Mutant.NothingIsDeduplicated)]
    [InlineData("countdown", Mutant.EffectsBeforeTheJournal)]
    [InlineData("rate limiter", Mutant.EffectsBeforeTheJournal)]
    [InlineData("broadcast", Mutant.NothingIsDeduplicated)]
    [InlineData("broadcast", Mutant.EffectsBeforeTheJournal)]
    [InlineData("broadcast", Mutant.NodesNeverGo)]
    [InlineData("cache", Mutant.EffectsBeforeTheJournal)]
    [InlineData("cache", Mutant.NodesNeverGo)]
    [InlineData("queue with terms", Mutant.EffectsBeforeTheJournal)]
    [InlineData("queue with terms", Mutant.WrongInstantAtReplay)]
    public void Simulation_OfAMutant_FindsItByTheNewerObject(string name, Mutant mutant) => Finds(mutant, _ => SimRuns.Newer[name]());

    /// <summary>The cluster is right, and the object is not.</summary>
    [Theory]
    [MemberData(nameof(WrongObjects))]
    public void Simulation_OfAWrongObject_FindsIt(string name) => Finds(Mutant.None, _ => MutantObject.Workload(name));

    public static TheoryData<string> WrongObjects() => [.. MutantObject.Names];

    [Theory]
    [MemberData(nameof(Mutants))]
    public void Simulation_OfAMutant_FindsIt(Mutant mutant) => Finds(mutant, SimRuns.Workload);

    public static TheoryData<Mutant> Mutants() => [.. Enum.GetValues<Mutant>().Where(static each => each != Mutant.None)];

    private void Finds(Mutant mutant, Func<int, SimWorkload> load)
    {
        var watch = Stopwatch.StartNew();
        for (int seed = 0; seed < 3000; seed++)
        {
            try
            {
                SimRuns.Run(seed, load(seed), mutant);
            }
            catch (Exception found)
            {
                output.WriteLine($"found by seed {seed} in {watch.ElapsedMilliseconds} ms: {found.InnerException?.Message ?? found.Message}");
                return;
            }
        }

        Assert.Fail($"What is wrong was not found within 3000 seeds: the simulation does not prove what it should.");
    }
}

internal static class SimRuns
{
    /// <summary>How many kinds of work there are.</summary>
    public const int Workloads = 7;

    /// <summary>Work with one object of those that came later, by its name. Each has runs of its own.</summary>
    public static readonly IReadOnlyDictionary<string, Func<SimWorkload>> Newer = new Dictionary<string, Func<SimWorkload>>
    {
        ["read-write lock"] = static () => new ReadWriteWorkload(),
        ["counter"] = static () => new SumWorkload(),
        ["countdown"] = static () => new CountdownWorkload(),
        ["rate limiter"] = static () => new LimiterWorkload(),
        ["broadcast"] = static () => new BroadcastWorkload(),
        ["cache"] = static () => new CacheWorkload(),
        ["queue with terms"] = static () => new QueueWorkload(isBounded: false, givesUp: false, hasTerms: true),
    };

    public static SimWorkload Workload(int seed) => (seed % Workloads) switch
    {
        0 => new CounterWorkload(),
        1 => new LockWorkload(),
        2 => new QueueWorkload(isBounded: false, givesUp: false),
        3 => new QueueWorkload(isBounded: true, givesUp: false),
        4 => new EndingWorkload(Durability.Journal),
        5 => new EndingWorkload(Durability.Memory),
        _ => new QueueWorkload(isBounded: true, givesUp: true),
    };

    public static SimWorld Run(int seed, SimWorkload load, Mutant mutant)
    {
        var world = new SimWorld(seed, load, mutant);
        try
        {
            world.Run();
            return world;
        }
        catch (Exception failure) when (mutant == Mutant.None)
        {
            throw new InvalidOperationException($"{load.GetType().Name}, seed {seed}, after {TimeSpan.FromTicks(world.Now)}: {failure.Message}. "
                + $"Run it again with SIMULATION_SEED={seed}.", failure);
        }
    }
}
