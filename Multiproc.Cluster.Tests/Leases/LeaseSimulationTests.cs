using System.Diagnostics;

namespace Multiproc.Cluster.Tests.Leases;

public sealed class LeaseSimulationTests(ITestOutputHelper output)
{
    private static readonly int s_first =
        int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEED"), out int seed) ? seed : Random.Shared.Next(1_000_000_000);

    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SECONDS"), out double seconds) ? seconds : 1.5);

    [Fact]
    public void Lease_WithAnAdversary_IsOverForItsHoldersBeforeItIsForOthers()
    {
        var watch = Stopwatch.StartNew();
        int seed = s_first;
        (int outages, long waited, long longest, int waits) = (0, 0, 0, 0);
        do
        {
            var world = Run(seed++, LeaseMutant.None);
            outages += world.Outages;
            waits += world.Waits.Count;
            waited += world.Waits.Sum();
            longest = Math.Max(longest, world.Waits.Max());
        }
        while (watch.Elapsed < s_time);

        output.WriteLine($"{seed - s_first} seeds from {s_first} in {watch.Elapsed.TotalSeconds:F1} s: {outages} outages of the storage; the end of a lease "
            + $"took {TimeSpan.FromTicks(waited / waits).TotalSeconds:F2} s on average, {TimeSpan.FromTicks(longest).TotalSeconds:F1} s at most");
        outages.ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public void Simulation_OfAMutant_FindsIt(LeaseMutant mutant)
    {
        for (int seed = 0; seed < 5000; seed++)
        {
            try
            {
                Run(seed, mutant);
            }
            catch (InvalidOperationException found)
            {
                output.WriteLine(found.Message);
                return;
            }
        }

        Assert.Fail($"{mutant} was not found within 5000 seeds: the simulation does not prove what it should.");
    }

    public static TheoryData<LeaseMutant> Mutants() => [.. Enum.GetValues<LeaseMutant>().Where(static each => each != LeaseMutant.None)];

    private static LeaseWorld Run(int seed, LeaseMutant mutant)
    {
        var world = new LeaseWorld(seed, mutant);
        try
        {
            world.Run();
            return world;
        }
        catch (Simulation.SimViolation broken)
        {
            throw new InvalidOperationException(
                $"Seed {seed}, after {TimeSpan.FromTicks(world.Now)}: {broken.Message}. Run it again with SIMULATION_SEED={seed}.", broken);
        }
    }
}
