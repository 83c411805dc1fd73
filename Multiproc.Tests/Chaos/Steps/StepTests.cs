using System.Text.RegularExpressions;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Steps;

/// <summary>
/// A process dies before and after each step of the protocols: the product's own code kills it there (<c>FaultPoint</c>). The table in docs/testing.md is
/// written from these rows, with <c>APPROVE_STEPS=1</c>.
/// </summary>
public sealed class StepTests
{
    private const string Begin = "<!-- steps: written by StepTests -->\n";
    private const string End = "<!-- end of steps -->";

    private static readonly Step[] s_steps = [.. QueueSteps.All, .. SynchronizationSteps.All, .. FlowSteps.All, .. ProcessSteps.All];

    public static TheoryData<string> Names => [.. s_steps.Select(static step => step.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_KilledThere_OthersFindWhatTheTableSays(string name) => s_steps.Single(step => step.Name == name).Try(name);

    [Fact]
    public void Steps_OfTheProduct_AllHaveARow()
    {
        var inCode = Repository.Sources("Multiproc.Actors")
            .SelectMany(static file => Regex.Matches(
                File.ReadAllText(file), "FaultPoint.Reached\\(\"(?<step>.*?)\"\\)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10)))
            .Select(static match => match.Groups["step"].Value);
        inCode.Distinct().Order(StringComparer.Ordinal).ShouldBe(s_steps.Select(static step => step.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Table_InTheDocument_IsThatOfTheseRows()
    {
        string table = "| a process dies in | at | the others find |\n|---|---|---|\n"
            + string.Concat(s_steps.Select(static step => $"| {step.Operation} | {step.Name.Split(": ")[1]} | {step.Outcome} |\n"));
        string path = Repository.Path("docs", "testing.md");
        string text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        end.ShouldBeGreaterThanOrEqualTo(begin, "docs/testing.md has the place of the table");
        if (Environment.GetEnvironmentVariable("APPROVE_STEPS") == "1")
        {
            File.WriteAllText(path, $"{text[..begin]}{table}{text[end..]}");
            return;
        }

        text[begin..end].ShouldBe(table, "when that is meant, run this test once with APPROVE_STEPS=1");
    }
}
