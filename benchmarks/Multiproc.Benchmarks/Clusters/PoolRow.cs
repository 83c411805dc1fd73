using System.Diagnostics;

namespace Multiproc.Benchmarks.Clusters;

/// <summary>One measurement of a pool, wherever its workers are.</summary>
internal sealed record PoolRow(string Name, string Unit, Func<ProcessPool, double> Measure)
{
    private const int MiB = 1024 * 1024;

    private static readonly byte[] s_table = new byte[MiB];

    public static IReadOnlyList<PoolRow> All { get; } =
    [
        new("apply_one_by_one", "us", static pool => Clock.Microseconds(1_000, () => Apply(pool, 1_000))),
        new("apply_pipelined", "tasks/s", static pool => Clock.PerSecond(20_000, () => Pipeline(pool, 20_000))),
        new("imap_unordered_noop", "tasks/s", static pool => Clock.PerSecond(20_000, () => Drain(pool.ImapUnordered(Noop, Enumerable.Range(0, 20_000))))),
        new("map_noop_chunk1", "tasks/s", static pool => Clock.PerSecond(20_000, () => pool.Map(Noop, Enumerable.Range(0, 20_000), chunkSize: 1))),
        new("map_noop_auto", "tasks/s", static pool => Clock.PerSecond(2_000_000, () => pool.Map(Noop, Enumerable.Range(0, 2_000_000)))),
        new("arguments_1MiB", "MiB/s", static pool => Clock.PerSecond(60, () => pool.Map(Length, Fresh(60), chunkSize: 1))),
        new("same_argument_1MiB", "MiB/s", static pool => Clock.PerSecond(60, () => pool.Map(Length, Enumerable.Repeat(s_table, 60), chunkSize: 1))),
        new("results_1MiB", "MiB/s", static pool => Clock.PerSecond(60, () => pool.Map(Make, Enumerable.Range(0, 60), chunkSize: 1))),
    ];

    public bool MoreIsBetter => Unit.EndsWith("/s", StringComparison.Ordinal);

    /// <summary>Uses the pool until tiered compilation has caught up.</summary>
    public static void WarmUp(ProcessPool pool)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(6);)
        {
            Apply(pool, 200);
            Pipeline(pool, 2_000);
            pool.Map(Noop, Enumerable.Range(0, 5_000), chunkSize: 1);
            Drain(pool.ImapUnordered(Noop, Enumerable.Range(0, 5_000)));
        }
    }

    private static int Noop(int number) => number;

    private static int Length(byte[] bytes) => bytes.Length;

    private static byte[] Make(int number) => new byte[MiB];

    private static byte[][] Fresh(int count)
    {
        byte[][] fresh = [.. Enumerable.Range(0, count).Select(static _ => new byte[MiB])];
        Array.ForEach(fresh, static each => Random.Shared.NextBytes(each.AsSpan(0, 64)));
        return fresh;
    }

    private static void Apply(ProcessPool pool, int count)
    {
        for (int i = 0; i < count; i++)
        {
            pool.Apply(Noop, i);
        }
    }

    private static void Pipeline(ProcessPool pool, int count)
    {
        var results = new AsyncResult<int>[count];
        for (int i = 0; i < count; i++)
        {
            results[i] = pool.ApplyAsync(Noop, i);
        }

        Array.ForEach(results, static each => each.Get());
    }

    private static void Drain(IEnumerable<int> results)
    {
        foreach (int _ in results)
        {
            // Only the time counts.
        }
    }
}
