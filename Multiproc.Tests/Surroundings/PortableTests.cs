using Multiproc.SharedMemory;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Surroundings;

/// <summary>A part of this suite with what macOS and Windows use in place of rings, futexes and inherited descriptors.</summary>
public sealed class PortableTests
{
    private static readonly string[] s_classes =
    [
        "Specifications.QueueInChild", "Specifications.LockInChild", "Specifications.ConditionInChild", "Specifications.SemaphoreInChild", "Pool.ApplyTests",
        "Processes.PortableSpawnerTests", "Managers.DictionaryTests",
    ];

    [Fact]
    public void Suite_WithThePortableParts_Passes()
    {
        string[] arguments = [.. s_classes.SelectMany(static name => new[] { "-class", $"Multiproc.Tests.{name}" })];
        var portable = new Dictionary<string, string> { [Platform.Variable] = "1" };
        using var program = ProgramRun.Start("Multiproc.Tests", portable, arguments);
        var output = program.StandardOutput.ReadToEndAsync();
        var errors = program.StandardError.ReadToEndAsync();
        program.WaitForExit(TimeSpan.FromMinutes(4)).ShouldBeTrue("the portable part of the suite ends");
        program.ExitCode.ShouldBe(0, output.Result + errors.Result);
        output.Result.ShouldNotContain("Total: 0");
    }
}
