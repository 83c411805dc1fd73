using System.Diagnostics;
using System.Globalization;

namespace Multiproc.Tests.Python.Fuzzing;

/// <summary>
/// Damaged requests, frames and XML, from a corpus that CPythons wrote: some thousand in each run of the suite. MULTIPROC_FUZZ=1000000 sends a million,
/// and MULTIPROC_FUZZ_SEED chooses others.
/// </summary>
public sealed class ServerFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const long InputsOfTheSuite = 10_000;
    private const long MostMemoryKiB = 1_500_000;

    private readonly PythonClient _python = new();

    public void Dispose() => _python.Dispose();

    [Fact]
    public void Server_SentDamagedRequests_AnswersEachAndServesOn()
    {
        long inputs = Of("MULTIPROC_FUZZ", InputsOfTheSuite);
        int seed = (int)Of("MULTIPROC_FUZZ_SEED", 1);
        _python.Server.Register<ClassTests.Calculator>(
            "Calculator", new PythonClassOptions { MethodToTypeId = new Dictionary<string, string> { ["Steps"] = "Iterator" } });
        _python.Server.Register<ClassTests.History>("History");
        _python.Server.Register(new PythonTypes().Add<RecordTests.Order>("__main__.Order").Add<RecordTests.Colour>("__main__.Colour")
            .Add<RecordTests.Slotted>("__main__.Slotted").Add<RecordTests.Point>("__main__.Point"));
        var fuzz = new ServerFuzz(_python, seed);
        var clock = Stopwatch.StartNew();
        fuzz.Run(inputs);
        output.WriteLine($"{inputs} inputs with seed {seed} in {clock.Elapsed.TotalSeconds:0} s; the manager has {MemoryKiB() / 1024} MiB: "
            + string.Join(", ", fuzz.Answers.OrderBy(static each => each.Key, StringComparer.Ordinal).Select(static each => $"{each.Key} {each.Value}")));
        string[] kinds = ["#RETURN", "#ERROR", "#TRACEBACK", "#PROXY", "function #RETURN", "function #TRACEBACK", "frame", "xml read", "xml refused"];
        foreach (string kind in kinds)
        {
            fuzz.Answers.GetValueOrDefault(kind).ShouldBePositive($"damage leads to answers of each kind, also {kind}");
        }

        using var python = PythonManager.Connect(_python.Server.Address, _python.Key);
        using var list = python.List<int>();
        list.Add(5);
        list[0].ShouldBe(5);
        MemoryKiB().ShouldBeLessThan(MostMemoryKiB);
    }

    private static long Of(string variable, long otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } set ? long.Parse(set, CultureInfo.InvariantCulture) : otherwise;

    private long MemoryKiB() => long.Parse(
        File.ReadLines($"/proc/{_python.Manager.Pid}/status").First(static line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(':')[1]
            .Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
}
