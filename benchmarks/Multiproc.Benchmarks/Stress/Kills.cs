using System.Diagnostics;

namespace Multiproc.Benchmarks.Stress;

/// <summary>Kills workers of a mixed load at random moments, and checks afterwards that nothing was lost, duplicated, hung or leaked.</summary>
internal static class Kills
{
    private const int Workers = 4;
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(20);

    /// <returns>The exit code: 0 if all checks hold.</returns>
    public static int Run(TimeSpan duration, int seed)
    {
        Console.WriteLine($"seed {seed}");
        // The descriptors that a program opens once are open from here on.
        Pass(TimeSpan.FromTicks(Math.Min(duration.Ticks / 5, TimeSpan.TicksPerSecond)), ~seed, []);
        var (before, _) = Resolve(static seen => seen.Children == 0 ? [] : ["children"]);
        var faults = new List<string>();
        int kills = Pass(duration, seed, faults);
        var (after, left) = Resolve(seen => [.. seen.Beyond(before)]);
        Console.WriteLine($"before {before}");
        Console.WriteLine($"after  {after}");
        faults.AddRange(left.Select(static each => $"left behind: {each}"));
        faults.ForEach(Console.WriteLine);
        Console.WriteLine(faults.Count == 0 ? $"{kills} kills: nothing lost, nothing twice, nothing left behind" : $"{kills} kills, {faults.Count} faults");
        return faults.Count == 0 ? 0 : 1;
    }

    private static int Pass(TimeSpan duration, int seed, List<string> faults)
    {
        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 2 } });
        var random = new Random(seed);
        int kills = 0;
        using (var load = new MixedLoad())
        {
            var context = Mp.GetContext(StartMethod.ForkServer);
            var running = new List<ChildProcess>();
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < duration)
            {
                while (running.Count < Workers)
                {
                    var fresh = context.Process(MixedLoad.Work, load.Shared, random.Next());
                    fresh.Start();
                    running.Add(fresh);
                }

                load.Feed();
                Spin(random.Next(3000));
                int which = random.Next(running.Count);
                running[which].Kill();
                if (!running[which].Join(MixedLoad.Bound))
                {
                    throw new TimeoutException($"{running[which]} was killed and is not gone after {MixedLoad.Bound.TotalSeconds:0} s.");
                }

                running[which].Dispose();
                running.RemoveAt(which);
                kills++;
                load.Look(faults);
            }

            foreach (var process in running)
            {
                process.Kill();
                process.Join();
                process.Dispose();
                kills++;
            }

            load.Judge(kills, faults);
        }

        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 0 } });
        return kills;
    }

    /// <summary>Spins instead of sleeping, so that a kill can come at any microsecond.</summary>
    private static void Spin(int microseconds)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun).TotalMicroseconds < microseconds;)
        {
            Thread.Yield();
        }
    }

    private static (Footprint Seen, string[] Left) Resolve(Func<Footprint, string[]> look)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.CurrentThread.Join(50); // The system offers no notification: poll.
            var seen = Footprint.Now();
            string[] left = look(seen);
            if (left.Length == 0 || watch.Elapsed > s_settling)
            {
                return (seen, left);
            }
        }
    }
}
