using System.Diagnostics;

namespace Multiproc.TestKit;

/// <summary>Waits for conditions, with a time limit and an error that says what was awaited.</summary>
public static class Await
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    /// <summary>A condition may be costly: it is asked again after a twentieth of the time waited so far, within these bounds.</summary>
    private static readonly (TimeSpan Shortest, TimeSpan Longest) s_pause = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20));

    /// <summary>Polls a condition and returns as soon as it holds.</summary>
    /// <param name="what">What is awaited, for the error message.</param>
    /// <param name="condition">The condition; evaluated repeatedly.</param>
    /// <param name="bound">The longest wait; 30 s by default.</param>
    /// <exception cref="TimeoutException">The condition did not hold in time.</exception>
    public static void Until(string what, Func<bool> condition, TimeSpan? bound = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long begun = Stopwatch.GetTimestamp();
        var wait = default(SpinWait);
        while (!condition())
        {
            var waited = Stopwatch.GetElapsedTime(begun);
            if (waited > (bound ?? s_bound))
            {
                throw new TimeoutException($"Waited {(bound ?? s_bound).TotalSeconds:0.#} s in vain for: {what}.");
            }

            if (waited < s_pause.Shortest)
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
            else
            {
#pragma warning disable RS0030 // This is how a condition is waited for.
                Thread.Sleep(TimeSpan.FromTicks(Math.Clamp(waited.Ticks / 20, s_pause.Shortest.Ticks, s_pause.Longest.Ticks)));
#pragma warning restore RS0030
            }
        }
    }
}
