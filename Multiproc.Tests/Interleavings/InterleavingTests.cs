using System.Diagnostics;
using Multiproc.Interleavings;

namespace Multiproc.Tests.Interleavings;

/// <summary>
/// All interleavings of the protocols in mapped memory, with a death at any point: the product's own code, one access at a time. Those with more processes take
/// minutes: <c>MULTIPROC_INTERLEAVINGS=all</c>.
/// </summary>
public sealed class InterleavingTests
{
    public static TheoryData<string> Scenarios =>
        [.. AllScenarios.Short, .. Environment.GetEnvironmentVariable("MULTIPROC_INTERLEAVINGS") == "all" ? AllScenarios.Long : []];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Scenario_EveryInterleaving_KeepsItsInvariants(string name)
    {
        var watch = Stopwatch.StartNew();
        var (states, ends, broken) = AllScenarios.Explore(name);
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {states:#,0} states, {ends} ends, {watch.Elapsed.TotalSeconds:0.0} s");
        broken.ShouldBeNull();
        states.ShouldBeGreaterThan(20);
        ends.ShouldBeGreaterThan(1);
    }
}
