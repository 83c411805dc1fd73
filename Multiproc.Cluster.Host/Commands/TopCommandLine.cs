using System.CommandLine;
using Multiproc.Diagnostics.Top;
using Multiproc.Host.Ps;
using Spectre.Console;

namespace Multiproc.Cluster.Host.Commands;

/// <summary>Shows running programs and their processes, again and again: <c>multiproc-host top</c>.</summary>
internal static class TopCommandLine
{
    private const int NotHere = 2;
    private const double ShortestInterval = 0.1;

    public static Command Make()
    {
        var everybody = new Option<bool>("--all") { Description = "Programs of all users, as far as this user may see them." };
        var interval = new Option<double>("--interval", "-i") { Description = "Seconds from one look to the next.", DefaultValueFactory = static _ => 1 };
        var once = new Option<bool>("--once")
        {
            Description = "Prints one table, after two looks with the interval between them, and ends. The default where the output is not a terminal.",
        };
        var json = new Option<bool>("--json") { Description = "One line of JSON for each look, until Ctrl+C; with --once a single line." };
        var command = new Command(
            "top",
            "Shows the running programs of this user that have processes of Multiproc, with the processor time and the memory that each process uses, again "
                + "and again. q ends it. Linux only (exit code 2 elsewhere).")
        {
            everybody, interval, once, json,
        };
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetValue(everybody), parsed.GetValue(interval), parsed.GetValue(once), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(bool everybody, double seconds, bool once, bool json, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            await Console.Error.WriteLineAsync("multiproc-host: top reads /proc, which only Linux has.").ConfigureAwait(false);
            return NotHere;
        }

        if (seconds is not (>= ShortestInterval and < 86_400))
        {
            await Console.Error.WriteLineAsync($"multiproc-host: --interval must be {ShortestInterval} seconds or more.").ConfigureAwait(false);
            return 1;
        }

        var interval = TimeSpan.FromSeconds(seconds);
        var screen = new TopScreen(AnsiConsole.Console, ProcessTable.Read, everybody ? null : ProcessTable.OwnUser(), TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            if (once || json || Console.IsOutputRedirected)
            {
                await PrintAsync(screen, interval, once || !json, json, end.Token).ConfigureAwait(false);
                return 0;
            }

            EndByKey(end);
            await screen.RunAsync(interval, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Ctrl+C is the way to end it.
        }

        return 0;
    }

    private static async Task PrintAsync(TopScreen screen, TimeSpan interval, bool once, bool json, CancellationToken end)
    {
        do
        {
            var sample = await screen.OnceAsync(interval, end).ConfigureAwait(false);
            Console.Write(json ? TopReport.Json(sample) : TopReport.Text(sample));
        }
        while (!once);
    }

    /// <summary>On a thread of its own: reading a key blocks, and nobody waits for it when the command ends otherwise.</summary>
    private static void EndByKey(CancellationTokenSource end)
    {
        if (!Console.IsInputRedirected)
        {
            new Thread(() =>
            {
                while (Console.ReadKey(intercept: true).KeyChar is not ('q' or 'Q'))
                {
                    // Other keys mean nothing.
                }

                end.Cancel();
            }) { IsBackground = true, Name = "keys" }.Start();
        }
    }
}
