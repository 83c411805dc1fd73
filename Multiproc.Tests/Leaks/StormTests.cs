using Multiproc.Tests.Support;

namespace Multiproc.Tests.Leaks;

/// <summary>Starts and ends in random order. The long form is a command: see docs/testing.md.</summary>
public sealed class StormTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("storm-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void StartsAndEnds_InRandomOrder_LeaveNoProcessDescriptorThreadOrFile()
    {
        var folders = new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = _folder.FullName, ["TMPDIR"] = _folder.FullName };
        using var program = ProgramRun.Start(
            "benchmarks/Multiproc.Benchmarks", folders, "stress", "--starts", "20", "--seed", $"{Random.Shared.Next(1 << 20)}");
        var output = program.StandardOutput.ReadToEndAsync();
        var errors = program.StandardError.ReadToEndAsync();
        program.WaitForExit(InChild.Bound).ShouldBeTrue("the storm ends");
        program.ExitCode.ShouldBe(0, output.Result + errors.Result);
        output.Result.ShouldContain("nothing is left behind");
        Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories).ShouldBeEmpty(output.Result);
    }
}
