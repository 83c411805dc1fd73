using System.Text.RegularExpressions;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Architecture;

/// <summary>What the documents say is true: links lead somewhere, the commands exist, the example runs.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string s_readme = File.ReadAllText(Repository.Path("README.md"));

    [Fact]
    public void Readme_HasExactlyTwoCommands() => Commands().ShouldBe(["dotnet run -c Release --project samples/WordCount", "dotnet test -c Release"]);

    [Fact]
    public void Links_OfEveryDocument_LeadSomewhere()
    {
        var documents = Directory.EnumerateFiles(
            Repository.Path("docs"), "*.md", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Repository.Root, "*.md"));
        var broken = documents.SelectMany(document => Link().Matches(File.ReadAllText(document))
            .Select(link => link.Groups["target"].Value)
            .Where(target => !target.StartsWith("http", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, target)))
            .Select(target => $"{Path.GetRelativePath(Repository.Root, document)}: {target}"));
        broken.ShouldBeEmpty();
    }

    [Fact]
    public void Example_CompiledAndRun_PrintsWhatItsCommentsSay()
    {
        string example = CodeBlock().Match(s_readme).Groups["code"].Value;
        example.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeLessThanOrEqualTo(11);
        using var program = new ExampleProgram(example);
        var run = program.Dotnet("run", "-c", "Release");
        var promised = Promise().Matches(example).Select(match => match.Groups["output"].Value.Trim());
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(promised, run.Output + run.Errors);
    }

    private static string[] Commands() => [.. s_readme.Split('\n').Where(line => line.StartsWith("dotnet ", StringComparison.Ordinal))];

    [GeneratedRegex(@"\]\((?<target>[^)#]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"WriteLine\(.*// (?<output>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Promise();

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeBlock();
}
