using Multiproc.Host.Ps;
using Spectre.Console;

namespace Multiproc.Diagnostics.Top;

/// <summary>Shows the programs again and again until it is told to stop.</summary>
internal sealed class TopScreen(IAnsiConsole console, Func<ProcessTable> read, int? user, TimeProvider time)
{
    private const int CurveLength = 20;

    /// <summary>Draws until the token fires.</summary>
    public async Task RunAsync(TimeSpan interval, CancellationToken end)
    {
        var history = new TopHistory(CurveLength);
        var before = read();
        var sample = TopSample.Of(null, before, user);
        await console.Live(TopReport.Table(sample, history)).StartAsync(async live =>
        {
            while (await PauseAsync(interval, end).ConfigureAwait(false))
            {
                var now = read();
                sample = TopSample.Of(before, now, user);
                history.Add(sample);
                live.UpdateTarget(TopReport.Table(sample, history));
                before = now;
            }
        }).ConfigureAwait(false);
    }

    /// <summary>Two looks with a pause between them.</summary>
    public async Task<TopSample> OnceAsync(TimeSpan interval, CancellationToken end)
    {
        var before = read();
        await Task.Delay(interval, time, end).ConfigureAwait(false);
        return TopSample.Of(before, read(), user);
    }

    private async Task<bool> PauseAsync(TimeSpan interval, CancellationToken end)
    {
        await Task.Delay(interval, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !end.IsCancellationRequested;
    }
}
