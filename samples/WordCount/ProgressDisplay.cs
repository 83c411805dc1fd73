using Multiproc;
using Spectre.Console;

namespace WordCount;

/// <summary>A progress bar fed by the shared counters; only when the output is a terminal.</summary>
internal sealed class ProgressDisplay : IDisposable
{
    private readonly CancellationTokenSource _done = new();
    private readonly Task _shown;

    private ProgressDisplay(int total, SharedValue<long> files, SharedValue<long> bytes) =>
        _shown = AnsiConsole.Progress().AutoClear(true).StartAsync(async context =>
        {
            var bar = context.AddTask("counting", maxValue: total);
            using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (!_done.IsCancellationRequested)
            {
                bar.Value = files.Value;
                bar.Description = $"{files.Value:N0} files, {bytes.Value / 1e6:N1} MB";
                await Task.WhenAny(ticks.WaitForNextTickAsync(CancellationToken.None).AsTask(), Task.Delay(Timeout.Infinite, _done.Token)).ConfigureAwait(false);
            }
        });

    public static ProgressDisplay? Start(int total, SharedValue<long> files, SharedValue<long> bytes) =>
        Console.IsOutputRedirected ? null : new ProgressDisplay(total, files, bytes);

    public void Dispose()
    {
        _done.Cancel();
        _shown.Wait();
        _done.Dispose();
    }
}
