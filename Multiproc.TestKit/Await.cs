using System.Diagnostics;

namespace Multiproc.TestKit;

/// <summary>Waiting for a condition with a bound, and a failure that says what was awaited.</summary>
public static class Await
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <param name="what">What is awaited, for the message.</param>
    /// <param name="condition">Looked at again and again.</param>
    /// <param name="bound">How long at most; 30 s by default.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static void Until(string what, Func<bool> condition, TimeSpan? bound = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long begun = Stopwatch.GetTimestamp();
        var wait = default(SpinWait);
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(begun) > (bound ?? s_bound))
            {
                throw new TimeoutException($"Waited {(bound ?? s_bound).TotalSeconds:0.#} s in vain for this: {what}.");
            }

            wait.SpinOnce();
        }
    }
}
