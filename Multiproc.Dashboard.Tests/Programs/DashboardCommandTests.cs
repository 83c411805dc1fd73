using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Multiproc.Dashboard.Tests.Support;
using Multiproc.Tests.Support;

namespace Multiproc.Dashboard.Tests.Programs;

/// <summary><c>multiproc-host dashboard</c>, as a person runs it: it shows this program.</summary>
[Collection(nameof(RealPrograms))]
public sealed partial class DashboardCommandTests
{
    private static readonly string s_tool = Path.Combine(
        Repository.Root, "Multiproc.Cluster.Host", Path.GetRelativePath(Repository.Path("Multiproc.Dashboard.Tests"), AppContext.BaseDirectory));

    [Fact]
    public async Task Dashboard_OfTheTool_ShowsThisProgram_AndEndsWhenAsked()
    {
        using var pool = Mp.Pool(1);
        pool.Name = "seen by the tool";
        using var tool = Start("dashboard", "--pid", $"{Environment.ProcessId}", "--interval", "0.2");
        try
        {
            string line = (await tool.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Bound))
                ?? await tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var printed = Printed().Match(line);
            printed.Success.ShouldBeTrue(line);
            using var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() });
            client.BaseAddress = new Uri(printed.Groups["page"].Value);
            using (var signedIn = await client.PostAsync("login", Json($$"""{"token":"{{printed.Groups["token"].Value}}"}""")))
            {
                signedIn.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            }

            using var answer = await client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            using var events = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            await Until.Found(
                "this program's pool",
                async () => (await events.ReadLineAsync())?.Contains("\"seen by the tool\"", StringComparison.Ordinal) == true ? "" : null);
            Signal.Send(tool.Id, Signal.Terminate);
            using var bound = new CancellationTokenSource(Until.Bound);
            await tool.WaitForExitAsync(bound.Token);
            tool.ExitCode.ShouldBe(0, await tool.StandardError.ReadToEndAsync(bound.Token));
        }
        finally
        {
            tool.Kill();
        }
    }

    [Theory]
    [InlineData("--pid", "myself")]
    [InlineData("--address", "everywhere")]
    [InlineData("--interval", "0")]
    public async Task Option_OutOfRange_IsToldInOneLine(string option, string value)
    {
        using var tool = Start("dashboard", option, value);
        string errors = await tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var bound = new CancellationTokenSource(Until.Bound);
        await tool.WaitForExitAsync(bound.Token);
        tool.ExitCode.ShouldBe(1);
        errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldStartWith("multiproc-host: ");
    }

    [Fact]
    public void Tool_AndHostOfChildren_DoNotNeedAspNetCore()
    {
        foreach (string program in new[] { "Multiproc.Cluster.Host", "Multiproc.Host" })
        {
            File.ReadAllText(Path.Combine(s_tool, $"{program}.runtimeconfig.json")).ShouldNotContain("AspNetCore", Case.Sensitive, program);
        }

        File.ReadAllText(Path.Combine(s_tool, "Multiproc.Dashboard.Host.runtimeconfig.json")).ShouldContain("Microsoft.AspNetCore.App");
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(s_tool, "Multiproc.Cluster.Host.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;

    [GeneratedRegex(
        "^The dashboard is at (?<page>http://127\\.0\\.0\\.1:[0-9]+/)#(?<token>[-_A-Za-z0-9]{43})$", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Printed();
}
