using System.Diagnostics;

namespace Multiproc.TestKit;

/// <summary>Waits for conditions, with a time limit and an error that says what was awaited.</summary>
public static class Await
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

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
            if (Stopwatch.GetElapsedTime(begun) > (bound ?? s_bound))
            {
                throw new TimeoutException($"Waited {(bound ?? s_bound).TotalSeconds:0.#} s in vain for: {what}.");
            }

            wait.SpinOnce();
        }
    }
}
