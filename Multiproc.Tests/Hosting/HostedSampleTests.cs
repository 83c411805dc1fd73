using System.Net;
using System.Text.RegularExpressions;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Hosting;

/// <summary>The samples with a host, run as a person would.</summary>
public sealed partial class HostedSampleTests
{
    [Fact]
    public void WorkerService_EndsAfterItsBlocks_WithTheRightTotals()
    {
        var run = ProgramRun.Of("samples/WorkerService", "--blocks", "2");
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldContain("17984 primes among the first 200000 numbers");
        run.Output.ShouldContain("33860 primes among the first 400000 numbers");
    }

    [Fact]
    public async Task WebPool_Serves_SurvivesACrash_AndFinishesRequestsWhenItIsStopped()
    {
        using var program = ProgramRun.Start("samples/WebPool", null, "--urls", "http://127.0.0.1:0");
        _ = program.StandardError.ReadToEndAsync();
        try
        {
            using var client = new HttpClient { BaseAddress = await Address(program.StandardOutput), Timeout = HostUnderTest.Bound };
            string picture = await client.GetStringAsync("/mandelbrot?rows=5");
            picture.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(5);
            picture.ShouldContain('@');
            (await (await client.GetAsync("/crash")).Content.ReadAsStringAsync()).ShouldStartWith("A worker died with signal 6");
            (await client.GetStringAsync("/health")).ShouldBe("Healthy");
            (await client.GetStringAsync("/multiproc/")).ShouldContain("<title>Multiproc</title>");
            (await client.GetAsync("/multiproc/events")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            var last = client.GetStringAsync("/mandelbrot?rows=500");
            var rest = program.StandardOutput.ReadToEndAsync();
            Signals.Send(program.Id, Signals.Terminate);
            (await last).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(500);
            program.WaitForExit(HostUnderTest.Bound).ShouldBeTrue("the program ends when it is asked to");
            program.ExitCode.ShouldBe(0, await rest);
        }
        finally
        {
            program.Kill(entireProcessTree: true);
        }
    }

    private static async Task<Uri> Address(StreamReader output)
    {
        using var bound = new CancellationTokenSource(HostUnderTest.Bound);
        while (await output.ReadLineAsync(bound.Token) is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                return new Uri(match.Groups["address"].Value);
            }
        }

        throw new InvalidOperationException("The program ended before it listened.");
    }

    [GeneratedRegex("Now listening on: (?<address>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
