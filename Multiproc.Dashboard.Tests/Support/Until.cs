using System.Diagnostics;

namespace Multiproc.Dashboard.Tests.Support;

/// <summary>Waits for a condition, with a bound, and names what it waited for.</summary>
internal static class Until
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    public static async Task<T> Found<T>(string what, Func<Task<T?>> look)
        where T : class
    {
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Bound)
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(s_pause);
        }

        throw new TimeoutException($"Not within {Bound.TotalSeconds:0} s: {what}.");
    }

    public static Task True(string what, Func<bool> holds) => Found(what, () => Task.FromResult(holds() ? what : null));
}
