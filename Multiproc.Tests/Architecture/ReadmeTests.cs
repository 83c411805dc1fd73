using System.Diagnostics;
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
        var documents = Directory.EnumerateFiles(Repository.Path("docs"), "*.md", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Repository.Root, "*.md"));
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
        var folder = Directory.CreateTempSubdirectory("readme-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "Program.cs"), example);
            File.WriteAllText(Path.Combine(folder.FullName, "Example.csproj"), Project());
            var run = Run(folder.FullName, "run", "-c", "Release");
            var promised = Promise().Matches(example).Select(match => match.Groups["output"].Value.Trim());
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(promised, run.Output + run.Errors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string[] Commands() => [.. s_readme.Split('\n').Where(line => line.StartsWith("dotnet ", StringComparison.Ordinal))];

    /// <summary>References what was built for these tests: an example must not build the library under the feet of the others.</summary>
    private static string Project() => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
          </PropertyGroup>
          <ItemGroup>
            <Reference Include="Multiproc.Actors"><HintPath>{AppContext.BaseDirectory}Multiproc.Actors.dll</HintPath></Reference>
            <Reference Include="Multiproc.Host"><HintPath>{AppContext.BaseDirectory}Multiproc.Host.dll</HintPath></Reference>
          </ItemGroup>
        </Project>
        """;

    private static ProgramRun Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit(TimeSpan.FromMinutes(2)).ShouldBeTrue("the example ends");
        return new ProgramRun(process.ExitCode, output.Result, errors.Result);
    }

    [GeneratedRegex(@"\]\((?<target>[^)#]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"WriteLine\(.*// (?<output>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Promise();

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeBlock();
}
