using System.Diagnostics;
using Multiproc.Torture.Measuring;

namespace Multiproc.Benchmarks.Stress;

/// <summary>Starts and ends processes in random order, by all start methods and in all ways, and checks that nothing is left of them.</summary>
internal static class Storm
{
    private const int MostAtOnce = 6;
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(10);

    /// <returns>The exit code: 0 if nothing is left.</returns>
    public static int Run(int starts, int seed)
    {
        Console.WriteLine($"seed {seed}");
        Pass((starts / 5) + 5, new Random(~seed)); // The descriptors that a program opens once are open from here on.
        var before = Resolve(static seen => seen.Children == 0 ? [] : ["children"]).Seen;
        var since = TimeProvider.System.GetUtcNow().UtcDateTime;
        var watch = Stopwatch.StartNew();
        var (pids, counts) = Pass(starts, new Random(seed));
        var storm = watch.Elapsed;
        var (after, left) = Resolve(seen => [.. seen.Beyond(before), .. Footprint.Remains(pids, since)]);
        Console.WriteLine(
            $"{starts} starts, {pids.Count} processes, {storm.TotalSeconds:0.0} s; "
                + $"{string.Join(", ", counts.OrderBy(static each => each.Key).Select(static each => $"{each.Key} {each.Value}"))}");
        Console.WriteLine($"before {before}");
        Console.WriteLine($"after  {after}");
        Console.WriteLine(left.Length == 0 ? "nothing is left behind" : $"left behind: {string.Join("; ", left)}");
        return left.Length == 0 ? 0 : 1;
    }

    private static (HashSet<int> Pids, Dictionary<Ending, int> Counts) Pass(int starts, Random random)
    {
        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 2 } });
        using var pids = Mp.Queue<int>();
        var running = new List<Victim>();
        var seen = new HashSet<int>();
        var counts = new Dictionary<Ending, int>();
        for (int begun = 0; begun < starts || running.Count > 0;)
        {
            if (begun < starts && running.Count < MostAtOnce && random.Next(5) < 3)
            {
                begun++;
                var (method, ending) = Draw(random);
                counts[ending] = counts.GetValueOrDefault(ending) + 1;
                running.Add(
                    new Victim(
                        method, ending, pids,
                        deaf: method != StartMethod.InProcess && ending is not (Ending.ByItself or Ending.Interrupt) && random.Next(2) == 0));
            }
            else if (running.Count > 0)
            {
                int which = random.Next(running.Count);
                seen.Add(running[which].Pid);
                running[which].End();
                running.RemoveAt(which);
            }
        }

        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 0 } });
        while (pids.TryGet(out int pid))
        {
            seen.Add(pid);
        }

        seen.Remove(Environment.ProcessId);
        return (seen, counts);
    }

    /// <summary>Selects the end of a process; a thread cannot be killed and has no signals.</summary>
    private static (StartMethod Method, Ending Ending) Draw(Random random)
    {
        var method = random.Next(10) switch { < 5 => StartMethod.Spawn, < 9 => StartMethod.ForkServer, _ => StartMethod.InProcess };
        Ending[] endings = method == StartMethod.InProcess ? [Ending.ByItself, Ending.Terminate, Ending.Dispose] : Enum.GetValues<Ending>();
        return (method, endings[random.Next(endings.Length)]);
    }

    /// <summary>Returns the leaks that remain once their number no longer decreases.</summary>
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
