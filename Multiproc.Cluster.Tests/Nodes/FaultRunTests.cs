using Multiproc.Benchmarks.Faults;

namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>A short fault run: three nodes with clients that use everything, of which some are killed or stopped; then the history is checked.</summary>
[Collection(WaitingNodeTests.Name)]
public sealed class FaultRunTests(ITestOutputHelper output)
{
    [Fact]
    public void Objects_OfAClusterWhoseNodesDie_KeepTheirPromises()
    {
        using var story = new StringWriter();
        var options = new FaultOptions
        {
            Duration = TimeSpan.FromSeconds(2), Seed = 2, ClientsOfANode = 2, LongestCalm = TimeSpan.FromSeconds(2), WantsNamespaces = false,
        };
        var violations = FaultRun.Run(options, story, TestContext.Current.CancellationToken);
        output.WriteLine(story.ToString());
        violations.ShouldBeEmpty();
        story.ToString().ShouldContain("Kill node");
        story.ToString().ShouldContain(" Done");
    }
}
