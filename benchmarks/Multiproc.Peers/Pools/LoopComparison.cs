using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Multiproc.Benchmarks;

namespace Multiproc.Peers.Pools;

/// <summary>
/// A pool of two processes beside <c>Parallel.ForEachAsync</c> with two threads: how long a task must be for its own process to cost next to nothing.
/// </summary>
internal static class LoopComparison
{
    private const int Workers = 2;
    private const double Allowed = 1.1;

    private static readonly TimeSpan s_work = TimeSpan.FromSeconds(1);

    /// <summary>Lengths of a task, in steps of <see cref="Burn"/>.</summary>
    private static readonly int[] s_steps = [0, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

    public static async Task RunAsync(int rounds, StringBuilder text)
    {
        using var pool = Mp.Pool(Workers);
        await MeasureAsync(pool, 10_000, 2_000).ConfigureAwait(false);
        await MeasureAsync(pool, 0, 200_000).ConfigureAwait(false);
        text.AppendLine("| one task | tasks | Parallel.ForEachAsync, ms | pool, task by task, ms | pool, in chunks, ms | task by task | in chunks |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|");
        var (single, chunked) = (new BreakEven(), new BreakEven());
        foreach (int steps in s_steps)
        {
            double length = LengthOf(steps);
            int count = (int)Math.Clamp(s_work.TotalMicroseconds / Math.Max(length, 0.5), 200, 200_000);
            var measured = new List<(double Threads, double Single, double Chunked)>();
            for (int round = 0; round < rounds; round++)
            {
                measured.Add(await MeasureAsync(pool, steps, count).ConfigureAwait(false));
            }

            double threads = Medians.Of([.. measured.Select(static each => each.Threads)]);
            double one = Medians.Of([.. measured.Select(static each => each.Single)]);
            double many = Medians.Of([.. measured.Select(static each => each.Chunked)]);
            single.Add(length, one / threads);
            chunked.Add(length, many / threads);
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {length:#,0.0} us | {count:#,0} | {threads:#,0} | {one:#,0} | {many:#,0} | {one / threads:0.00}x the time | {many / threads:0.00}x |"));
        }

        text.AppendLine();
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"A pool takes at most {Allowed:0.0} times as long as threads from {single} (task by task) and {chunked} (in automatic chunks) per task."));
    }

    private static async Task<(double Threads, double Single, double Chunked)> MeasureAsync(ProcessPool pool, int steps, int count)
    {
        int[] inputs = [.. Enumerable.Repeat(steps, count)];
        int[] results = new int[count];
        long begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Workers }, (index, _) =>
        {
            results[index] = Burn(inputs[index]);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        double threads = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        begun = Stopwatch.GetTimestamp();
        await pool.MapAsync(Burn, inputs, chunkSize: 1);
        double single = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        begun = Stopwatch.GetTimestamp();
        await pool.MapAsync(Burn, inputs);
        return (threads, single, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
    }

    /// <summary>Microseconds of one task.</summary>
    private static double LengthOf(int steps)
    {
        int count = Math.Max(10, 20_000_000 / Math.Max(steps, 100));
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            Burn(steps);
        }

        return Stopwatch.GetElapsedTime(begun).TotalMicroseconds / count;
    }

    /// <summary>Arithmetic that is compiled the same way in every process.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Burn(int steps)
    {
        uint state = (uint)steps;
        for (int i = 0; i < steps; i++)
        {
            state = (state * 1_664_525) + 1_013_904_223;
        }

        return (int)(state >> 1);
    }

    /// <summary>The shortest task from which on all are within what is allowed.</summary>
    private sealed class BreakEven
    {
        private double? _length;

        public void Add(double length, double ratio) => _length = ratio <= Allowed ? _length ?? length : null;

        public override string ToString() => _length is { } length ? string.Create(CultureInfo.InvariantCulture, $"{length:#,0} us") : "no length measured";
    }
}
