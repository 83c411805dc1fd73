using System.Diagnostics;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Stopped;

/// <summary>Runs a call that must end by its own bound although another process is stopped.</summary>
internal static class Bounded
{
    /// <summary>What a busy machine adds to the 100 ms that are promised: threads of the test wait for a processor, too.</summary>
    public static readonly TimeSpan Slack = Promptly.IsStrict ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(4);

    /// <summary>After it the test gives the call up: it hangs.</summary>
    private static readonly TimeSpan s_hangs = TimeSpan.FromSeconds(60);

    /// <summary>Waits for the end of the call, on a thread of its own, and checks how long it took.</summary>
    /// <returns>What it threw, or null.</returns>
    public static Exception? Run(string what, TimeSpan time, Action call)
    {
        Exception? thrown = null;
        long took = 0;
        var thread = new Thread(() =>
        {
            long begun = Stopwatch.GetTimestamp();
            try
            {
                call();
            }
            catch (Exception failure)
            {
                thrown = failure;
            }

            took = Stopwatch.GetElapsedTime(begun).Ticks;
        })
        { IsBackground = true, Name = what };
        thread.Start();
        thread.Join(s_hangs).ShouldBeTrue($"{what} ends although the other process is stopped");
        new TimeSpan(took).ShouldBeLessThan(time + Slack, $"{what}, which was to take {time.TotalMilliseconds} ms");
        return thrown;
    }
}
