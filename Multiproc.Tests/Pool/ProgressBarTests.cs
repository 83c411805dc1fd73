using Spectre.Console;

namespace Multiproc.Tests.Pool;

/// <summary>The bar of a call's progress.</summary>
public sealed class ProgressBarTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    [Fact]
    public void Map_WithABar_ShowsTasksFailuresAndTheEnd()
    {
        var shown = new StringWriter();
        using (var bar = Mp.ProgressBar("[squares]", On(shown)))
        {
            Should.Throw<FormatException>(() => Square(fixture.Pool, bar));
            TestKit.Await.Until("the last report is there", () => bar.Progress is { Done: 50, Failed: 1 });
        }

        string text = shown.ToString();
        text.ShouldContain("[squares] 50/50, 1 failed");
        text.ShouldContain("100%");
    }

    [Fact]
    public void Report_TotalUnknown_ShowsWhatIsDone()
    {
        var shown = new StringWriter();
        using (var bar = Mp.ProgressBar("endless", On(shown)))
        {
            bar.Report(new PoolProgress(1234, 0, null, TimeSpan.FromSeconds(2), Retried: 3));
        }

        shown.ToString().ShouldContain("endless 1,234, 3 retried, 617/s");
    }

    private static int[] Square(ProcessPool pool, IProgress<PoolProgress> bar) =>
        pool.MapAsync(static x => x == 7 ? throw new FormatException("seven") : x * x, Enumerable.Range(0, 50), chunkSize: 5, progress: bar).Get(Bounded.Time);

    private static IAnsiConsole On(StringWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 200;
        return console;
    }
}
