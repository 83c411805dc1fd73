using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Multiproc.Benchmarks.NewerObjects;

/// <summary>
/// Measures the objects that Python has none of, beside what .NET has for the threads of one process, in turn, each row in a process of its own. Writes the
/// medians and, where there is a peer, how much the way over processes costs.
/// </summary>
internal static class ObjectComparison
{
    public static int Run(int rounds, DirectoryInfo output)
    {
        Row[] rows = [.. ReadWriteRows.All, .. NewerRows.All];
        var measured = rows.ToDictionary(static row => row.Name, static _ => new List<double>());
        string before = Machine.Load();
        for (int round = 0; round < rounds; round++)
        {
            foreach (var row in rows)
            {
                measured[row.Name].Add(Comparison.Ours(row.Name));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Name} {measured[row.Name][^1]:#,0.##} {row.Unit}"));
            }
        }

        var text = new StringBuilder("| row | unit | processes | threads of one process, by .NET | ratio |\n|---|---|---:|---:|---:|\n");
        foreach (var row in rows.Where(static row => !row.Name.EndsWith(NewerRows.Peer, StringComparison.Ordinal)))
        {
            double ours = Medians.Of(measured[row.Name]);
            text.Append(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Unit} | {ours:#,0.##} | ");
            if (measured.TryGetValue(row.Name + NewerRows.Peer, out var all))
            {
                double theirs = Medians.Of(all);
                text.AppendLine(CultureInfo.InvariantCulture, $"{theirs:#,0.##} | {(row.MoreIsBetter ? ours / theirs : theirs / ours):0.00}x |");
            }
            else
            {
                text.AppendLine("- | - |");
            }
        }

        output.Create();
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string file = Path.Combine(output.FullName, $"objects-{date}.md");
        File.WriteAllText(file, $"""
            # Objects for processes, and those of .NET for threads, {date}

            {Machine.Processor()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}. {RuntimeInformation.FrameworkDescription}.
            Load of the machine before and after: {before} and {Machine.Load()}. Medians of {rounds} rounds, in turn, each row in a fresh process, after a
            warm-up. The peers are ReaderWriterLockSlim, CountdownEvent, Interlocked, TokenBucketRateLimiter, ConcurrentDictionary, and channels, bounded and
            prioritized. Ratio: how many times better ours is; below 1 it is what reaching every process costs.

            {text}
            """);
        Console.WriteLine(text);
        Console.WriteLine($"written: {file}");
        return 0;
    }
}
