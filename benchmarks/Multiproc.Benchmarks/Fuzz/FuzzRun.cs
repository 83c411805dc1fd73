using System.Diagnostics;
using System.Net.Sockets;

namespace Multiproc.Benchmarks.Fuzz;

/// <summary>
/// Attacks two managers - one whose links are rings, one whose links are plain sockets - for a given time, and checks meanwhile that they serve. Fails if one
/// exits, does not reply, or keeps resources of its attackers.
/// </summary>
internal static class FuzzRun
{
    private const int AttacksBetweenChecks = 100;
    private const int SpareDescriptors = 16;
    private const long SpareKiB = 96 * 1024;

    private static readonly TimeSpan s_report = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(30);

    /// <returns>The exit code.</returns>
    public static int Run(TimeSpan duration, int seed)
    {
        Console.WriteLine($"fuzzing for {duration.TotalSeconds:0} s with seed {seed} on {Machine.Processor()}, {Environment.ProcessorCount} processors");
        var random = new Random(seed);
        var attacks = new FuzzAttacks(random).All;
        var counts = new SortedDictionary<string, (long Done, long CutOff)>(StringComparer.Ordinal);
        using var rings = new FuzzTarget(plain: false);
        using var plain = new FuzzTarget(plain: true);
        FuzzTarget[] targets = [rings, plain];
        var before = targets.Select(static target => (target.Descriptors, target.Objects)).ToArray();
        long[]? warm = null;
        var clock = Stopwatch.StartNew();
        var reported = TimeSpan.Zero;
        long done = 0;
        while (clock.Elapsed < duration)
        {
            var target = targets[random.Next(targets.Length)];
            var (name, attack) = attacks[random.Next(attacks.Count)];
            var count = counts.GetValueOrDefault(name);
            counts[name] = Survives(attack, target) ? (count.Done + 1, count.CutOff) : (count.Done + 1, count.CutOff + 1);
            if (++done % AttacksBetweenChecks == 0)
            {
                Array.ForEach(targets, static each => each.Check());
            }

            if (clock.Elapsed - reported > s_report)
            {
                reported = clock.Elapsed;
                warm ??= [.. targets.Select(static each => each.MemoryKiB)];
                Report(done, clock.Elapsed, targets);
            }
        }

        Array.ForEach(targets, static each => each.Check());
        Report(done, clock.Elapsed, targets);
        foreach (var (name, (all, cutOff)) in counts)
        {
            Console.WriteLine($"{name}: {all}, of which {cutOff} were cut off while they spoke");
        }

        return Resolved(targets, before, warm) ? 0 : 1;
    }

    /// <summary>Returns false if the manager closed the connection before the attack was over.</summary>
    private static bool Survives(Action<FuzzTarget> attack, FuzzTarget target)
    {
        try
        {
            attack(target);
            return true;
        }
        catch (Exception refused) when (refused is MultiprocException or SocketException or IOException)
        {
            return false;
        }
    }

    private static void Report(long done, TimeSpan elapsed, FuzzTarget[] targets) =>
        Console.WriteLine($"{elapsed.TotalSeconds,5:0} s, {done} attacks; " + string.Join("; ", targets.Select(static each =>
            $"{each.Name}: {each.MemoryKiB / 1024} MiB, {each.Descriptors} descriptors, {each.Threads} threads, {each.Objects} objects, {each.TurnedAway} "
                + "clients turned away")));

    /// <summary>Checks that the resources of connections were released with them, and objects after their lease.</summary>
    private static bool Resolved(FuzzTarget[] targets, (int Descriptors, int Objects)[] before, long[]? warm)
    {
        var clock = Stopwatch.StartNew();
        bool Clean(int i) => targets[i].Descriptors <= before[i].Descriptors + SpareDescriptors && targets[i].Objects <= before[i].Objects;
        while (clock.Elapsed < s_settle && !Enumerable.Range(0, targets.Length).All(Clean))
        {
            using var pause = new ManualResetEventSlim();
            pause.Wait(TimeSpan.FromMilliseconds(100));
        }

        bool good = true;
        for (int i = 0; i < targets.Length; i++)
        {
            long grown = warm is null ? 0 : targets[i].MemoryKiB - warm[i];
            bool clean = Clean(i) && grown < SpareKiB;
            Console.WriteLine(
                $"{targets[i].Name}: {targets[i].Descriptors} descriptors ({before[i].Descriptors} before), {targets[i].Objects} objects "
                    + $"({before[i].Objects} before), memory grown by {grown / 1024} MiB since the first report: {(clean ? "clean" : "LEFT BEHIND")}");
            good &= clean;
        }

        return good;
    }
}
