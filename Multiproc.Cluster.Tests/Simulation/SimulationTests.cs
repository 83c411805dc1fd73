using System.Diagnostics;
using Multiproc.Cluster.Journal;

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
    public void ReadWriteLock_WithAnAdversary_KeepsItsGuarantees()
    {
        output.WriteLine($"first seed {s_first}");
        var watch = Stopwatch.StartNew();
        int grants = 0;
        for (int seed = s_first; watch.Elapsed < s_time / 3; seed++)
        {
            var load = new ReadWriteWorkload();
            SimRuns.Run(seed, load, Mutant.None);
            grants += load.Grants;
        }

        grants.ShouldBeGreaterThan(100);
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public void Simulation_OfAMutant_FindsIt(Mutant mutant)
    {
        var watch = Stopwatch.StartNew();
        for (int seed = 0; seed < 3000; seed++)
        {
            try
            {
                SimRuns.Run(seed, SimRuns.Workload(seed), mutant);
            }
            catch (Exception found)
            {
                output.WriteLine($"found by seed {seed} in {watch.ElapsedMilliseconds} ms: {found.InnerException?.Message ?? found.Message}");
                return;
            }
        }

        Assert.Fail($"{mutant} was not found within 3000 seeds: the simulation does not prove what it should.");
    }

    public static TheoryData<Mutant> Mutants() => [.. Enum.GetValues<Mutant>().Where(static each => each != Mutant.None)];
}

internal static class SimRuns
{
    /// <summary>How many kinds of work there are.</summary>
    public const int Workloads = 7;

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
