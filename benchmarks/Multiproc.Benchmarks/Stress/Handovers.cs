using System.Diagnostics;
using Multiproc.Processes.Linux;
using Multiproc.Processes.Warm;

namespace Multiproc.Benchmarks.Stress;

/// <summary>Kills warm processes around the moment at which a start takes them: each target must run exactly once and its process exit with 0.</summary>
internal static class Handovers
{
    private const int Stop = 19;
    private const int MostDelayMicroseconds = 400;
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    private enum Route
    {
        KilledBefore,
        StoppedBeforeAndKilledAfter,
        KilledAfter,
    }

    /// <returns>The exit code: 0 when each target ran once.</returns>
    public static int Run(int rounds, int seed)
    {
        Console.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var context = Mp.GetContext(StartMethod.ForkServer);
        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 1 } });
        using var ran = Mp.Value(0);
        var elsewhere = new Dictionary<Route, int>();
        int dead = 0;
        for (int round = 0; round < rounds; round++)
        {
            var way = (Route)(round % 3);
            int spare = Spare();
            using var process = context.Process(static ran => ran.Increment(), ran);
            if (way != Route.KilledAfter)
            {
                LibC.kill(spare, way == Route.KilledBefore ? LibC.SigKill : Stop);
                Spin(random.Next(MostDelayMicroseconds));
            }

            process.Start();
            if (way != Route.KilledBefore)
            {
                Spin(random.Next(MostDelayMicroseconds));
                LibC.kill(spare, LibC.SigKill);
            }

            if (!process.Join(s_bound))
            {
                throw new TimeoutException($"Round {round} ({way}): {process} did not end within {s_bound.TotalSeconds:0} s.");
            }

            // A warm process that had begun when it was killed may or may not have done its work.
            bool begun = process.ExitCode != 0;
            dead += begun ? 1 : 0;
            elsewhere[way] = elsewhere.GetValueOrDefault(way) + (process.Pid != spare ? 1 : 0);
            if ((begun && way != Route.KilledAfter) || ran.Value > 1 || (!begun && ran.Value != 1))
            {
                Console.WriteLine($"round {round} ({way}): exit code {process.ExitCode}, ran {ran.Value} times");
                return 1;
            }

            ran.Value = 0;
        }

        Console.WriteLine(
            $"{rounds} rounds; in another process: {string.Join(", ", elsewhere)}; killed when they had begun: {dead}; no target ran twice, none was lost");
        return 0;
    }

    private static int Spare()
    {
        long begun = Stopwatch.GetTimestamp();
        WarmHosts.Current.Refill();
        while (WarmHosts.Current.Ready == 0)
        {
            if (Stopwatch.GetElapsedTime(begun) > s_bound)
            {
                throw new TimeoutException($"No spare host was ready within {s_bound.TotalSeconds:0} s.");
            }

            Thread.Yield();
        }

        return WarmHosts.Current.OldestPid!.Value;
    }

    private static void Spin(int microseconds)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun).TotalMicroseconds < microseconds;)
        {
        }
    }
}
