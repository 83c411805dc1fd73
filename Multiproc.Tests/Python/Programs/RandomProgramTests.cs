using System.Globalization;
using Multiproc.Tests.Connections;

namespace Multiproc.Tests.Python.Programs;

/// <summary>
/// Random programs, half Python and half C#, with kills on both sides: a short one in each run of the suite. MULTIPROC_PYTHON_PROGRAMS=10 runs ten long ones,
/// and MULTIPROC_PYTHON_SEED chooses others.
/// </summary>
public sealed class RandomProgramTests(ITestOutputHelper output)
{
    private const int FewItems = 60;
    private const int ManyItems = 1000;
    private const int FewKills = 2;
    private const int ManyKills = 8;

    [Fact]
    public void Programs_OfPythonAndCSharp_CountRightThoughWorkersAreKilled()
    {
        int? programs = Of("MULTIPROC_PYTHON_PROGRAMS");
        int seed = Of("MULTIPROC_PYTHON_SEED") ?? 1;
        string[] versions = [.. Interpreter.Versions.Select(static each => each.Data).OfType<string>()];
        Assert.SkipWhen(versions.Length == 0, "there is no python3 of version 3.8 or later on this machine");
        for (int i = 0; i < (programs ?? 1); i++)
        {
            var plan = ProgramPlan.Of(seed + i, programs is null ? FewItems : ManyItems, programs is null ? FewKills : ManyKills, versions);
            using var program = new RandomProgram(plan);
            output.WriteLine(program.Run());
        }
    }

    private static int? Of(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } set ? int.Parse(set, CultureInfo.InvariantCulture) : null;
}
