using Multiproc.Tests.Connections;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Samples;

/// <summary>The sample with Python processes, run as a person would.</summary>
public sealed class WithPythonTests
{
    public static TheoryData<string?> Versions => Interpreter.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public void Sample_CountsEveryLineOnce(string? version)
    {
        var run = ProgramRun.Of("samples/WithPython", "--lines", "40", "--python", Interpreter.PathOf(version));
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldContain("    40 words of 7 letters");
        run.Output.ShouldContain("   160 words of 3 letters");
    }
}
