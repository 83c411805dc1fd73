using System.Globalization;
using Spectre.Console;

namespace Multiproc;

/// <summary>Shows the progress of a call of a pool: tasks, failures, retries, rate and remaining time. Created by <c>Mp.ProgressBar()</c>.</summary>
public sealed class PoolProgressBar : IProgress<PoolProgress>, IDisposable
{
    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _done = new();
    private readonly string _description;
    private readonly Task _shown;
    private PoolProgress _progress;

    internal PoolProgressBar(string description, IAnsiConsole? console)
    {
        _description = Markup.Escape(description);
        _shown = console is null
            ? Task.CompletedTask
            : console.Progress().Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new Spectre.Console.ProgressBarColumn(), new PercentageColumn()).StartAsync(ShowAsync);
    }

    /// <summary>Gets the last report.</summary>
    public PoolProgress Progress
    {
        get
        {
            lock (_gate)
            {
                return _progress;
            }
        }
    }

    /// <summary>Reports progress; the bar shows it within a tenth of a second.</summary>
    /// <param name="value">The progress of the call.</param>
    public void Report(PoolProgress value)
    {
        lock (_gate)
        {
            _progress = value;
        }
    }

    /// <summary>Ends the bar; its last state stays on the screen.</summary>
    public void Dispose()
    {
        _done.Cancel();
        _shown.GetAwaiter().GetResult();
        _done.Dispose();
    }

    private async Task ShowAsync(ProgressContext context)
    {
        var bar = context.AddTask(_description, maxValue: 1);
        Task stop = Task.Delay(Timeout.Infinite, _done.Token);
        do
        {
            Show(bar, Progress);
            await Task.WhenAny(stop, Task.Delay(s_refresh, CancellationToken.None)).ConfigureAwait(false);
        }
        while (!stop.IsCompleted);
        Show(bar, Progress);
    }

    private void Show(ProgressTask bar, PoolProgress progress)
    {
        bar.IsIndeterminate = progress.Total is null;
        bar.MaxValue = Math.Max(1, progress.Total ?? progress.Done);
        bar.Value = progress.Done;
        bar.Description = $"{_description} {Text(progress)}";
    }

    private static string Text(PoolProgress progress) => string.Create(CultureInfo.InvariantCulture,
        $"{progress.Done:N0}{(progress.Total is { } total ? $"/{total:N0}" : "")}"
        + $"{(progress.Failed > 0 ? $", {progress.Failed:N0} failed" : "")}{(progress.Retried > 0 ? $", {progress.Retried:N0} retried" : "")}"
        + $"{(progress.Rate > 0 ? $", {progress.Rate:N0}/s" : "")}"
        + $"{(progress.Remaining is { } left && left > TimeSpan.Zero ? $", {left.TotalSeconds:N0} s left" : "")}");
}
