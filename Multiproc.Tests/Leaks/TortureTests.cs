using System.Text.RegularExpressions;
using Multiproc.Tests.Support;
using Multiproc.Torture;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Loads;

namespace Multiproc.Tests.Leaks;

/// <summary>By itself: some sixty processes take the processors from tests that judge times.</summary>
[CollectionDefinition(nameof(TortureTests), DisableParallelization = true)]
public sealed class TortureCollection;

/// <summary>
/// Deaths, pauses and failures at any moment under a mixed load, not only at those of the table of deaths. The long form is a command of users: see
/// docs/testing.md.
/// </summary>
[Collection(nameof(TortureTests))]
public sealed class TortureTests : IDisposable
{
    private const string Program = "Multiproc.Cluster.Host";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("torture-");
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Torture_AllLoads_KeepsEveryPromise()
    {
        var (exit, output) = Run("--minutes", "0.15", "--crew", "2", "--faults-per-minute", "60", "--seed", $"{Random.Shared.Next(1 << 20)}");
        exit.ShouldBe(0, output);
        output.ShouldContain("nothing lost, nothing twice, nothing hangs, nothing left behind");
    }

    [Fact]
    public void Torture_UnknownLoad_IsRefusedWithTheNamesOfAll()
    {
        var (exit, output) = Run("--only", "queues,quues");
        exit.ShouldBe(1);
        output.ShouldContain("There is no load 'quues'");
        output.ShouldContain("semaphores");
    }

    [Fact]
    public void Replay_WithoutASeed_IsRefused() => Run("--replay").ExitCode.ShouldBe(1);

    [Fact]
    public void Plan_SameSeed_IsTheSame_AndOneLoadAloneHasTheFaultsThatItHasAmongOthers()
    {
        var all = FaultPlan.Make(7, TortureRun.Loads, TimeSpan.FromMinutes(10), 20);
        FaultPlan.Make(7, TortureRun.Loads, TimeSpan.FromMinutes(10), 20).ShouldBe(all);
        FaultPlan.Make(8, TortureRun.Loads, TimeSpan.FromMinutes(10), 20).ShouldNotBe(all);
        FaultPlan.Make(7, ["locks"], TimeSpan.FromMinutes(10), 20).Select(static fault => fault with { Number = 0 })
            .ShouldBe(all.Where(static fault => fault.Load == "locks").Select(static fault => fault with { Number = 0 }));
        all.Select(static fault => fault.At).ShouldBeInOrder();
        all.Select(static fault => fault.Kind).Distinct().Count().ShouldBe(Enum.GetValues<FaultKind>().Length);
        (all.Count / (10.0 * TortureRun.Loads.Count)).ShouldBeInRange(17, 23);
    }

    [Theory]
    [InlineData("3", new[] { 3 })]
    [InlineData("0-2,7", new[] { 0, 1, 2, 7 })]
    [InlineData("", new int[0])]
    public void Numbers_OfFaults_AreReadAsTheyAreWritten(string text, int[] numbers)
    {
        FaultPlan.ParseNumbers(text).Order().ShouldBe(numbers);
        FaultPlan.WriteNumbers(numbers).ShouldBe(text);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("3-1")]
    [InlineData("1-2-3")]
    [InlineData("0-2000000000")]
    public void Numbers_OfFaults_Malformed_AreRefused(string text) => Should.Throw<FormatException>(() => FaultPlan.ParseNumbers(text));

    [Fact]
    public void Smallest_OfThoseThatFail_IsFound()
    {
        int runs = 0;
        Shrinking.Smallest([.. Enumerable.Range(0, 64)], some =>
        {
            runs++;
            return some.Contains(11) && some.Contains(12) && some.Contains(50);
        }).ShouldBe([11, 12, 50]);
        runs.ShouldBeLessThan(150);
        Shrinking.Smallest(["a", "b", "c"], static some => some.Contains("b")).ShouldBe(["b"]);
    }

    /// <summary>
    /// A load that fails by its second death is found, and so are two faults that make it fail; the run with these alone fails again. Takes a minute or two.
    /// </summary>
    [Fact(Explicit = true)]
    public void Shrink_RunWithAPlantedFault_FindsTheLoadAndTwoFaults()
    {
        int seed = Enumerable.Range(1, 100_000).First(IsFit);
        string[] run =
        [
            "--minutes", "0.05", "--faults-per-minute", "120", "--seed", $"{seed}", "--crew", "2", "--only", $"locks,{PlantedLoad.Title},semaphores",
        ];
        _environment[PlantedLoad.Variable] = "2";
        var (exit, output) = Run([.. run, "--shrink"]);
        exit.ShouldBe(1, output);
        var found = Regex.Match(
            output, "The smallest run found that fails: multiproc-host (?<run>torture .* --only planted --faults (?<faults>[0-9,-]+) --replay)",
            RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
        found.Success.ShouldBeTrue(output);
        FaultPlan.ParseNumbers(found.Groups["faults"].Value).Count.ShouldBe(2, output);
        output.ShouldContain("passes", Case.Sensitive, "some faults were left out that it does not need");
        var again = Run(found.Groups["run"].Value.Split(' ')[1..]);
        again.ExitCode.ShouldBe(1, again.Output);
        again.Output.ShouldContain("BROKEN  planted: planted: 2 processes have died");
    }

    /// <summary>Whether the planted load has no fault while the run warms up, and several that kill later, not all at once.</summary>
    private static bool IsFit(int seed)
    {
        const double Rate = 120;
        var length = TimeSpan.FromSeconds(3);
        var kills = FaultPlan.Make(seed, [PlantedLoad.Title], length, Rate).Where(static fault => fault.Kind == FaultKind.Kill).ToList();
        return FaultPlan.Make(~seed, [PlantedLoad.Title], length, Rate).Count == 0
            && kills is [var first, var second, ..] && second.At - first.At > TimeSpan.FromSeconds(0.5) && second.At < TimeSpan.FromSeconds(2);
    }

    private (int ExitCode, string Output) Run(params string[] arguments)
    {
        (_environment["XDG_RUNTIME_DIR"], _environment["TMPDIR"]) = (_folder.FullName, _folder.FullName);
        using var program = ProgramRun.Start(Program, _environment, ["torture", .. arguments]);
        var output = program.StandardOutput.ReadToEndAsync();
        var errors = program.StandardError.ReadToEndAsync();
        program.WaitForExit(TimeSpan.FromMinutes(10)).ShouldBeTrue("the run ends by itself");
        return (program.ExitCode, output.Result + errors.Result);
    }
}
