using Multiproc.Cluster.Tests.Nodes;
using Multiproc.Tests.Support;

namespace Multiproc.Cluster.Tests.Samples;

/// <summary>The sample ClusterJobs, run as README says, over a few documents: it checks its own result.</summary>
[Collection(MoreNodeTests.Name)]
public sealed class ClusterJobsTests : IDisposable
{
    private const string Sample = "samples/ClusterJobs";

    private readonly string _state = Directory.CreateTempSubdirectory("cluster-jobs-test-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void Index_OfWhichANodeIsKilled_IsRight()
    {
        var run = ProgramRun.Of(Sample, Repository.Path("docs", "decisions"), "--nodes", "2", "--kill", "--state", _state);
        run.ExitCode.ShouldBe(0, run.Output + run.Errors);
        run.Output.ShouldContain("kill -9 ");
        run.Output.ShouldMatch("right: \\d+ words");
        File.ReadAllText(Path.Combine(_state, "index.txt")).ShouldContain("decision");
    }

    [Fact]
    public void Folder_ThatIsMissing_IsToldByTheExitCode()
    {
        var run = ProgramRun.Of(Sample, "/no/such/folder");
        run.ExitCode.ShouldBe(1);
        run.Errors.ShouldBe("There are no files in /no/such/folder.\n");
    }
}
