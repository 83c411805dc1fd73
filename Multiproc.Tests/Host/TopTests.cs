using System.Text.Json;
using Multiproc.Diagnostics.Top;
using Multiproc.Host.Ps;
using Multiproc.TestKit;
using Spectre.Console;

namespace Multiproc.Tests.Host;

/// <summary><c>multiproc-host top</c>.</summary>
public sealed class TopTests
{
    private static readonly string[] s_child = ["/usr/bin/dotnet", "exec", "/x/Multiproc.Host.dll", "child"];

    [Fact]
    public void Sample_HasTheProcessorsThatEachProcessUsedSinceTheOneBefore()
    {
        var sample = TopSample.Of(Table(10, (11, 1, 4), (12, 2, 0)), Table(12, (11, 1, 5), (12, 3, 3), (13, 4, 0.1)), user: 7);
        sample.Rows.Select(static row => (row.Process.Pid, row.Depth)).ShouldBe([(10, 0), (11, 1), (12, 1), (13, 1)]);
        sample.Rows[1].Processors.ShouldBe(0.5, "one second of two");
        sample.Rows[2].Processors.ShouldBeNull("another process has its number now");
        sample.Rows[3].Processors.ShouldBeNull("it is new");
        TopSample.Of(null, Table(12, (11, 1, 5)), user: 7).Rows[1].Processors.ShouldBeNull();
        TopSample.Of(null, Table(12, (11, 1, 5)), user: 8).Rows.ShouldBeEmpty();
    }

    [Fact]
    public void Curve_IsOfTheLastValues_AndForgetsProcessesThatHaveEnded()
    {
        var history = new TopHistory(3);
        var rows = new[] { 0, 0.5, 1, 0.25 }.Select(static used => Row(11, used)).ToList();
        rows.ForEach(row => history.Add(new TopSample([row], TimeSpan.Zero)));
        history.CurveOf(rows[^1]).ShouldBe("▅█▃");
        history.Add(new TopSample([Row(11, 4)], TimeSpan.Zero));
        history.CurveOf(rows[^1]).ShouldBe("▃▁█", "as high as its highest value");
        history.Add(new TopSample([Row(12, 0)], TimeSpan.Zero));
        history.CurveOf(rows[^1]).ShouldBeEmpty();
    }

    [Fact]
    public void Text_HasARowForEachProcess_AndJsonTheSameInOneLine()
    {
        var sample = TopSample.Of(Table(10, (11, 1, 4)), Table(12, (11, 1, 5)), user: 7);
        string[] lines = TopReport.Text(sample).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3);
        lines[0].ShouldStartWith("PROGRAM");
        lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["Worker-11", "11", "50", "2.0", "MB", "3", "0.00:00:11"]);
        TopReport.Json(sample).TrimEnd('\n').ShouldNotContain("\n");
        using var json = JsonDocument.Parse(TopReport.Json(sample));
        var child = json.RootElement.GetProperty("processes")[1];
        (child.GetProperty("name").GetString(), child.GetProperty("processors").GetDouble(), child.GetProperty("isChild").GetBoolean())
            .ShouldBe(("Worker-11", 0.5, true));
        TopReport.Text(new TopSample([], TimeSpan.Zero)).ShouldContain("No program");
    }

    [Fact]
    public async Task Screen_DrawsAnewAfterEachInterval_UntilItIsToldToStop()
    {
        var time = new ManualTimeProvider();
        var written = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(written), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = 120;
        int looks = 0;
        using var end = new CancellationTokenSource();
        var screen = new TopScreen(console, () => Table(10 + ++looks, (11, 1, looks)), user: 7, time);
        var running = screen.RunAsync(TimeSpan.FromSeconds(1), end.Token);
        for (int i = 2; i <= 3; i++)
        {
            int expected = i;
            Await.Until($"look {i} is taken", () =>
            {
                // Nothing happens until it waits; another look more would show the same.
                time.Advance(TimeSpan.FromSeconds(1));
                return Volatile.Read(ref looks) >= expected;
            });
        }

        await end.CancelAsync();
        await running.WaitAsync(Support.InChild.Bound);
        written.ToString().ShouldContain("Worker-11");
        written.ToString().ShouldContain("1 programs, 1 children: 100 % CPU");
    }

    [Fact]
    public void Command_Once_ShowsTheChildrenOfThisProgram()
    {
        using var begun = Mp.Event();
        using var end = Mp.Event();
        using var child = Mp.Process(Wait, begun, end, name: "On-top");
        child.Start();
        begun.Wait(Support.InChild.Bound).ShouldBeTrue("the child runs");
        using var json = JsonDocument.Parse(ToolRun.OutputOf("top", "--once", "--json", "--interval", "0.1"));
        json.RootElement.GetProperty("processes").EnumerateArray().Single(each => each.GetProperty("pid").GetInt32() == child.Pid)
            .GetProperty("name").GetString().ShouldBe("On-top");
        end.Set();
        child.Join();
    }

    private static void Wait(SharedEvent begun, SharedEvent end)
    {
        begun.Set();
        end.Wait();
    }

    /// <summary>A program of user 7, and children of it with the moments at which they began and the seconds of processor time that they used.</summary>
    private static ProcessTable Table(double now, params (int Pid, double Began, double Used)[] children) => new(
        [
            new ProcessEntry(10, 1, 7, ["/usr/bin/dotnet", "/app/My.Program.dll"], TimeSpan.Zero, TimeSpan.Zero, 1 << 20, 5),
            .. children.Select(static each => Child(each.Pid, each.Began, each.Used)),
        ],
        TimeSpan.FromSeconds(now));

    private static ProcessEntry Child(int pid, double began, double used) =>
        new(pid, 10, 7, s_child, TimeSpan.FromSeconds(used), TimeSpan.FromSeconds(began), 2 << 20, 3) { Comm = $"Worker-{pid}" };

    private static TopRow Row(int pid, double used) => new(Child(pid, 0, 0), 1, used);
}
