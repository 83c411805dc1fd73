using System.Diagnostics;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Loads;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture;

/// <summary>Looks for the fewest loads and faults with which a run still fails. Each try is a run of its own, in a process of its own.</summary>
public static class Shrinking
{
    /// <summary>How often a smaller run must pass until it counts as one that does not fail: the interleaving is another one each time.</summary>
    private const int Tries = 2;

    /// <summary>Shrinks a run that failed.</summary>
    /// <param name="options">Those of the run.</param>
    /// <returns>The exit code: 1 if a run that fails was found, 0 if not even the whole one fails now.</returns>
    public static int Run(TortureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] loads = options.Only.Count > 0 ? [.. options.Only] : [.. AllLoads.Names];
        if (!Fails(options))
        {
            Console.WriteLine($"The whole run passed {Tries} times: there is nothing to shrink.");
            return 0;
        }

        // The numbers of the faults depend on the loads, so these come first.
        var fewest = Smallest(loads, some => Fails(options with { Only = [.. some], Faults = null }));
        var smaller = options with { Only = [.. fewest], Faults = fewest.Count == loads.Length ? options.Faults : null };
        int[] numbers = [.. smaller.Faults?.Order() ?? Enumerable.Range(0, FaultPlan.Make(
            smaller.Seed, smaller.Only, smaller.Duration, smaller.FaultsPerMinute).Count)];
        var faults = Smallest(numbers, some => Fails(smaller with { Faults = some.ToHashSet() }));
        smaller = smaller with { Faults = faults.ToHashSet() };
        Console.WriteLine($"The smallest run found that fails: multiproc-host {string.Join(' ', smaller.Arguments())} --replay");
        return 1;
    }

    /// <summary>Takes halves, and then smaller parts away, for as long as what is left fails.</summary>
    /// <param name="all">Those that fail together.</param>
    /// <param name="fails">Whether some of them fail.</param>
    internal static IReadOnlyList<T> Smallest<T>(IReadOnlyList<T> all, Func<IReadOnlyList<T>, bool> fails)
    {
        var current = all;
        for (int parts = 2; current.Count > 1;)
        {
            int size = (current.Count + parts - 1) / parts;
            T[][] chunks = [.. current.Chunk(size)];
            IReadOnlyList<T>? found = chunks.FirstOrDefault(chunk => chunk.Length < current.Count && fails(chunk));
            if (found is null && parts > 2)
            {
                var whole = current;
                found = chunks.Select(chunk => whole.Except(chunk).ToArray()).FirstOrDefault(fails);
            }

            if (found is not null)
            {
                (current, parts) = (found, 2);
            }
            else if (size == 1)
            {
                break;
            }
            else
            {
                parts = Math.Min(parts * 2, current.Count);
            }
        }

        return current;
    }

    private static bool Fails(TortureOptions options)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            string[] arguments = Self.Arguments([.. options.Arguments()]);
            Console.Write($"{string.Join(' ', options.Arguments())}: ");
            using var process = Process.Start(
                new ProcessStartInfo(Environment.ProcessPath!, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            string? broken = output.Split('\n').FirstOrDefault(static line => line.StartsWith("BROKEN", StringComparison.Ordinal));
            Console.WriteLine(process.ExitCode == 0 ? "passes" : $"fails: {broken}");
            if (process.ExitCode != 0)
            {
                return true;
            }
        }

        return false;
    }
}
