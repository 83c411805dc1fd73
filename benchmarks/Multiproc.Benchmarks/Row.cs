using System.Diagnostics;

namespace Multiproc.Benchmarks;

/// <summary>One measurement, with the name and meaning of its counterpart in peers/python_peer.py, if it has one.</summary>
internal sealed record Row(string Name, string Unit, Func<double> Measure)
{
    /// <summary>Whether CPython has a counterpart; default true. Otherwise it is only measured, never compared.</summary>
    public bool IsInPython { get; init; } = true;

    /// <summary>Whether higher values are better: true for rates, false for times.</summary>
    public bool MoreIsBetter => Unit.EndsWith("/s", StringComparison.Ordinal) || Unit == "x";
}

/// <summary>A stopwatch in the units of the rows.</summary>
internal static class Clock
{
    public static double PerSecond(double count, Action work) => count / Seconds(work);

    public static double Microseconds(int count, Action work) => Seconds(work) / count * 1e6;

    public static double Milliseconds(int count, Action work) => Seconds(work) / count * 1e3;

    /// <summary>Measures the nanoseconds per iteration of a loop, after a warm-up in which tiered compilation completes.</summary>
    public static double Nanoseconds(int count, Action<int> loop)
    {
        // Tiered compilation: each tier takes 30 calls, and waits until no new method was called for 100 ms.
        for (int step = 0; step < 4; step++)
        {
            for (int i = 0; i < 40; i++)
            {
                loop(1000);
            }

#pragma warning disable RS0030 // There is no condition to wait for: the runtime does not say when it has compiled something.
            Thread.Sleep(150);
#pragma warning restore RS0030
        }

        return Seconds(() => loop(count)) / count * 1e9;
    }

    /// <summary>
    /// Runs the work, outside of the measured time, until tiered compilation of its code has completed: each tier, from precompiled through instrumented to
    /// fully optimized code, waits until no new method was called for 100 ms. The other processes that take part are warmed up as well.
    /// </summary>
    public static void WarmUp(Action work)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun).TotalMilliseconds < 2000;)
        {
            work();
        }
    }

    public static double Seconds(Action work)
    {
        long begun = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
