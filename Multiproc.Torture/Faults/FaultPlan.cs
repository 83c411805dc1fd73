using System.Globalization;

namespace Multiproc.Torture.Faults;

/// <summary>
/// The faults of a run, as a function of its seed. Each load has a Poisson process of its own, so that a run with fewer loads has the same faults in those
/// that are left.
/// </summary>
internal static class FaultPlan
{
    private static readonly TimeSpan s_meanPause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    /// <param name="seed">The seed of the run.</param>
    /// <param name="loads">The names of the loads.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="perMinute">The mean number of faults of each load in a minute.</param>
    /// <returns>The faults in order of time, numbered.</returns>
    public static IReadOnlyList<Fault> Make(int seed, IReadOnlyCollection<string> loads, TimeSpan duration, double perMinute)
    {
        var all = new List<Fault>();
        foreach (string load in loads)
        {
            var random = new Random(SeedOf(seed, load));
            for (double at = Wait(random, perMinute); at < duration.TotalSeconds; at += Wait(random, perMinute))
            {
                var kind = random.Next(20) switch { < 10 => FaultKind.Kill, < 16 => FaultKind.Stop, < 18 => FaultKind.Segfault, _ => FaultKind.Memory };
                double pause = Math.Min(-Math.Log(1 - random.NextDouble()) * s_meanPause.TotalSeconds, s_longestPause.TotalSeconds);
                all.Add(new Fault(0, TimeSpan.FromSeconds(at), load, kind, random.Next(int.MaxValue), TimeSpan.FromSeconds(pause)));
            }
        }

        return [.. all.OrderBy(static each => each.At).ThenBy(static each => each.Load, StringComparer.Ordinal)
            .Select(static (each, number) => each with { Number = number })];
    }

    /// <summary>A seed for one part of a run, the same in every process and on every machine.</summary>
    public static int SeedOf(int seed, string part) =>
        part.Aggregate(unchecked((int)2166136261) ^ seed, static (hash, letter) => unchecked((hash ^ letter) * 16777619)) & int.MaxValue;

    /// <summary>Reads "0-12,17": the numbers of faults.</summary>
    /// <exception cref="FormatException">It is not a list of numbers and ranges.</exception>
    public static IReadOnlySet<int> ParseNumbers(string text)
    {
        var numbers = new HashSet<int>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], CultureInfo.InvariantCulture, out int last) || last < first || last - first > 1_000_000)
            {
                throw new FormatException($"'{part}' is not a number of a fault or a range such as 0-12.");
            }

            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return numbers;
    }

    /// <summary>Writes numbers as <see cref="ParseNumbers"/> reads them.</summary>
    public static string WriteNumbers(IEnumerable<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (int number in numbers.Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1)
            {
                ranges[^1] = (ranges[^1].First, number);
            }
            else
            {
                ranges.Add((number, number));
            }
        }

        return string.Join(',', ranges.Select(static each => each.First == each.Last
            ? string.Create(CultureInfo.InvariantCulture, $"{each.First}")
            : string.Create(CultureInfo.InvariantCulture, $"{each.First}-{each.Last}")));
    }

    private static double Wait(Random random, double perMinute) => -Math.Log(1 - random.NextDouble()) * 60 / perMinute;
}
