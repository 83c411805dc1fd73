using System.Diagnostics;

namespace Multiproc.Benchmarks.Stress;

/// <summary>Starts and ends processes in random order, by all methods and in all ways, and looks at what is left of them.</summary>
internal static class Storm
{
    private const int MostAtOnce = 6;
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(10);

    /// <returns>The exit code: 0 when nothing is left.</returns>
    public static int Run(int starts, int seed)
    {
        var random = new Random(seed);
        Pass(20, new Random(seed + 1)); // What is opened once per program is open from here on.
        Settle(static () => []);
        var before = Footprint.Now();
        var watch = Stopwatch.StartNew();
        var (pids, counts) = Pass(starts, random);
        var storm = watch.Elapsed;
        string[] left = Settle(() => [.. Footprint.Now().Beyond(before), .. Footprint.Remains(pids)]);
        Console.WriteLine($"seed {seed}: {starts} starts in {storm.TotalSeconds:0.0} s, {pids.Count} processes; {string.Join(", ", counts.OrderBy(static each => each.Key).Select(static each => $"{each.Key} {each.Value}"))}");
        Console.WriteLine($"before {before}");
        Console.WriteLine($"after  {Footprint.Now()}");
        Console.WriteLine(left.Length == 0 ? "nothing is left behind" : $"left behind: {string.Join("; ", left)}");
        return left.Length == 0 ? 0 : 1;
    }

    private static (HashSet<int> Pids, Dictionary<Ending, int> Counts) Pass(int starts, Random random)
    {
        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Spares = 2 } });
        using var pids = Mp.Queue<int>();
        var running = new List<Victim>();
        var counts = new Dictionary<Ending, int>();
        for (int begun = 0; begun < starts || running.Count > 0;)
        {
            if (begun < starts && running.Count < MostAtOnce && random.Next(5) < 3)
            {
                begun++;
                var (method, ending) = Draw(random);
                counts[ending] = counts.GetValueOrDefault(ending) + 1;
                running.Add(new Victim(method, ending, pids, deaf: method != StartMethod.InProcess && ending is not (Ending.ByItself or Ending.Interrupt) && random.Next(2) == 0));
            }
            else if (running.Count > 0)
            {
                int which = random.Next(running.Count);
                running[which].End();
                running.RemoveAt(which);
            }
        }

        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Spares = 0 } });
        var seen = new HashSet<int>();
        while (pids.TryGet(out int pid))
        {
            seen.Add(pid);
        }

        seen.Remove(Environment.ProcessId);
        return (seen, counts);
    }

    /// <summary>A thread cannot be killed, and has no signals.</summary>
    private static (StartMethod Method, Ending Ending) Draw(Random random)
    {
        var method = random.Next(10) switch { < 5 => StartMethod.Spawn, < 9 => StartMethod.ForkServer, _ => StartMethod.InProcess };
        Ending[] endings = method == StartMethod.InProcess ? [Ending.ByItself, Ending.Terminate, Ending.Dispose] : Enum.GetValues<Ending>();
        return (method, endings[random.Next(endings.Length)]);
    }

    /// <summary>What is still there when nothing changes for the better any more.</summary>
    private static string[] Settle(Func<string[]> look)
    {
        var watch = Stopwatch.StartNew();
        string[] left;
        do
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.CurrentThread.Join(50); // Between two looks at the system, which cannot be asked to tell.
            left = look();
        }
        while (left.Length > 0 && watch.Elapsed < s_settling);
        return left;
    }
}
