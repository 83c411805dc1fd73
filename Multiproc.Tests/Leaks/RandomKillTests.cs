using Multiproc.Tests.Support;

namespace Multiproc.Tests.Leaks;

/// <summary>Deaths at any moment under a mixed load, not only at those of the table of deaths. The long form is a command: see docs/testing.md.</summary>
public sealed class RandomKillTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kills-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void WorkersKilledAtRandomMoments_LoseNothingDoubleNothingAndLeaveNothing()
    {
        var folders = new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = _folder.FullName, ["TMPDIR"] = _folder.FullName };
        using var program = ProgramRun.Start("benchmarks/Multiproc.Benchmarks", folders, "kills", "--seconds", "4", "--seed", $"{Random.Shared.Next(1 << 20)}");
        var output = program.StandardOutput.ReadToEndAsync();
        var errors = program.StandardError.ReadToEndAsync();
        program.WaitForExit(InChild.Bound).ShouldBeTrue("the run ends");
        program.ExitCode.ShouldBe(0, output.Result + errors.Result);
        output.Result.ShouldContain("nothing lost, nothing twice, nothing left behind");
    }
}
