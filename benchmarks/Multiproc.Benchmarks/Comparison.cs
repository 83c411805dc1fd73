using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Multiproc.Torture.Measuring;

namespace Multiproc.Benchmarks;

/// <summary>Runs both programs alternately, row by row, so that they see the same machine load. Writes the medians and their ratio.</summary>
internal static class Comparison
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static int Run(string[] parts, int rounds, bool isBusy, DirectoryInfo output)
    {
        using var burners = isBusy ? Burners.Start() : null;
        var python = CPython.Find();
        if (python is null)
        {
            Console.Error.WriteLine("No CPython was found on PATH: the comparison needs one (python3, 3.8 or later).");
            return 2;
        }

        var measured = new List<Measured>();
        foreach (var row in Rows.Chosen(parts).Where(static row => row.IsInPython))
        {
            var ours = new List<double>();
            var theirs = new List<double>();
            for (int round = 0; round < rounds; round++)
            {
                ours.Add(Ours(row.Name));
                theirs.Add(python.Measure(row.Name));
            }

            var result = new Measured(row.Name, row.Unit, Medians.Of(ours), Medians.Of(theirs), row.MoreIsBetter, [.. ours], [.. theirs]);
            measured.Add(result);
            Console.WriteLine(Line(result));
        }

        Write(output, python.Version, rounds, isBusy, measured);
        return 0;
    }

    /// <summary>Measures a row once, in a process of its own.</summary>
    internal static double Ours(string row)
    {
        string output = Programs.Run(Environment.ProcessPath!, Self.Arguments("measure", row));
        string line = output.Split('\n').First(each => each.StartsWith(row + ' ', StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static string Line(Measured row) =>
        string.Create(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Unit} | {row.Ours:#,0.##} | {row.CPython:#,0.##} | {row.Ratio:0.0}x |");

    private static void Write(DirectoryInfo output, string python, int rounds, bool isBusy, List<Measured> rows)
    {
        output.Create();
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string machine = $"{Machine.Processor()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}";
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Multiproc and CPython, {date}");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{machine}. {RuntimeInformation.FrameworkDescription}; CPython {python}.");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Medians of {rounds} rounds, the two programs in turn. The ratio says how many times better Multiproc is: more per second, or less time.");
        if (isBusy)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Beside {Environment.ProcessorCount} processes that took all processors, at normal priority.");
        }

        text.AppendLine(
            "Starting processes and a warm-up are outside of the measured time, except in the rows that measure just that. Ours takes up to two seconds, "
                + "since the runtime compiles in steps.");
        text.AppendLine();
        text.AppendLine("| row | unit | Multiproc | CPython | ratio |");
        text.AppendLine("|---|---|---:|---:|---:|");
        rows.ForEach(row => text.AppendLine(Line(row)));
        string name = Path.Combine(output.FullName, $"compare-{(isBusy ? "busy-" : "")}{date}");
        File.WriteAllText($"{name}.md", text.ToString());
        File.WriteAllText($"{name}.json", JsonSerializer.Serialize(
            new { date, machine, isBusy, runtime = RuntimeInformation.FrameworkDescription, python, rounds, rows }, s_indented) + "\n");
        Console.WriteLine($"written: {name}.md and .json");
    }

    private sealed record Measured(string Name, string Unit, double Ours, double CPython, bool MoreIsBetter, double[] AllOurs, double[] AllCPython)
    {
        public double Ratio => MoreIsBetter ? Ours / CPython : CPython / Ours;
    }
}
