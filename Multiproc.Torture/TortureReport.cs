using System.Globalization;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture;

/// <summary>What a run prints.</summary>
internal static class TortureReport
{
    private const int MostLines = 40;

    public static string Progress(TimeSpan at, IReadOnlyCollection<LoadDriver> drivers)
    {
        long operations = drivers.Sum(static each => each.Load.Tally.Operations);
        long faults = drivers.Sum(static each => FaultsOf(each.Load.Tally));
        int broken = drivers.Sum(static each => each.Load.Tally.Broken.Count);
        var slow = drivers.MaxBy(static each => each.InTurn)!;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{at.TotalSeconds,5:0} s: {operations:#,0} operations, {faults} faults, {broken} broken promises; longest turn {slow.Load.Name} "
                + $"{slow.InTurn.TotalSeconds:0.0} s");
    }

    /// <param name="options">Those of the run.</param>
    /// <param name="loads">The loads of the first pass, then those of the judged one.</param>
    /// <param name="last">How many were judged.</param>
    /// <param name="complaints">What processes told.</param>
    /// <param name="left">What is left behind.</param>
    /// <param name="log">The faults that were made.</param>
    /// <returns>The exit code.</returns>
    public static int Write(
        TortureOptions options, IReadOnlyList<(string Name, Tally Tally)> loads, int last, Complaints complaints, string[] left,
        IReadOnlyCollection<string> log)
    {
        Console.WriteLine();
        Console.WriteLine("load        operations  kills  stops  segfaults  memory  deaths  hangs   lost  twice  excused");
        foreach (var (name, tally) in loads.Skip(loads.Count - last))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-11}{tally.Operations,11:#,0}{tally.Faults(FaultKind.Kill),7}{tally.Faults(FaultKind.Stop),7}{tally.Faults(FaultKind.Segfault),11}"
                    + $"{tally.Faults(FaultKind.Memory),8}{tally.Deaths,8}{tally.Hangs,7}{tally.Lost,7}{tally.Twice,7}{tally.Excused,9}"));
        }

        Console.WriteLine(
            "Excused is what a death explains: an item in the hand of a process, a count between two writes, a task that was not to be repeated.");
        string[] broken =
        [
            .. loads.SelectMany(static load => load.Tally.Broken.Select(each => $"{load.Name}: {each}")),
            .. complaints.Read(),
            .. left.Select(static each => $"left behind: {each}"),
        ];
        if (broken.Length == 0)
        {
            Console.WriteLine("Every promise was kept: nothing lost, nothing twice, nothing hangs, nothing left behind.");
            return 0;
        }

        Console.WriteLine();
        foreach (string each in log)
        {
            Console.WriteLine(each);
        }

        Console.WriteLine();
        foreach (string each in broken.Take(MostLines))
        {
            Console.WriteLine($"BROKEN  {each}");
        }

        string again = string.Join(' ', options.Arguments());
        Console.WriteLine($"{broken.Length} broken promises. Again, with the same faults: multiproc-host {again} --replay. Less of it: --shrink.");
        return 1;
    }

    private static long FaultsOf(Tally tally) => Enum.GetValues<FaultKind>().Sum(tally.Faults);
}
