using System.Runtime.CompilerServices;

namespace Multiproc.Benchmarks;

internal static class PoolRows
{
    private const int MiB = 1024 * 1024;
    private const int StartsOfPools = 5;

    public static IReadOnlyList<Row> All { get; } =
    [
        new("pool_start_close_join_2w", "ms", () => StartCloseJoin(Mp.GetContext(StartMethod.Spawn))),
        new("pool_start_close_join_2w_forkserver", "ms", StartCloseJoinWarm),
        new("pool_apply_latency", "us", ApplyLatency),
        new("pool_map_noop_chunk1", "tasks/s", ChunkOne),
        new("pool_map_noop_auto", "tasks/s", ChunkAutomatic),
        new("pool_imap_noop", "tasks/s", Ordered),
        new("pool_imap_unordered_noop", "tasks/s", Unordered),
        new("pool_starmap", "tasks/s", StarMap),
        new("pool_map_cpu", "x", SpeedUp),
        new("pool_map_1MiB_args", "MB/s", LargeArguments),
        new("pool_results_1MiB", "MB/s", LargeResults),
    ];

    private static int Noop(int number) => number;

    private static int Add(int left, int right) => left + right;

    /// <summary>About 1 ms of arithmetic on the machine this was written on, compiled the same way in every process.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Burn(int number)
    {
        uint state = (uint)number;
        for (int i = 0; i < 800_000; i++)
        {
            state = (state * 1_664_525) + 1_013_904_223;
        }

        return (int)(state >> 1);
    }

    private static int Sleep(int milliseconds)
    {
        Thread.CurrentThread.Join(milliseconds);
        return milliseconds;
    }

    /// <summary>Creates a pool whose two workers have both returned a result already, like that of the other program: its start has a row of its own.</summary>
    private static ProcessPool TwoWorkers()
    {
        var pool = Mp.Pool(2);
        pool.Map(Sleep, [50, 50, 50, 50], chunkSize: 1);
        return pool;
    }

    private static byte[] MakeMebibyte(int number) => new byte[MiB];

    private static double StartCloseJoin(MultiprocContext context)
    {
        return Clock.Milliseconds(StartsOfPools, () =>
        {
            for (int i = 0; i < StartsOfPools; i++)
            {
                StartCloseJoinOne(context);
            }
        });
    }

    /// <summary>
    /// Measures starts with warm processes available: two for each pool. The other program's server runs already, too, and has started a pool before.
    /// </summary>
    private static double StartCloseJoinWarm()
    {
        var context = Mp.GetContext(StartMethod.ForkServer);
        ProcessRows.KeepSpares(context, 2 * (StartsOfPools + 1));
        StartCloseJoinOne(context);
        return StartCloseJoin(context);
    }

    private static void StartCloseJoinOne(MultiprocContext context)
    {
        using var pool = context.Pool(2);
        pool.Close();
        pool.Join();
    }

    private static double Rate(double count, Action work)
    {
        Clock.WarmUp(work);
        return Clock.PerSecond(count, work);
    }

    private static double ApplyLatency()
    {
        const int Count = 3_000;
        using var pool = TwoWorkers();
        void Work()
        {
            for (int i = 0; i < Count; i++)
            {
                pool.Apply(Noop, 1);
            }
        }

        Clock.WarmUp(Work);
        return Clock.Microseconds(Count, Work);
    }

    private static double ChunkOne()
    {
        const int Count = 20_000;
        using var pool = TwoWorkers();
        int[] inputs = [.. Enumerable.Range(0, Count)];
        return Rate(Count, () => pool.Map(Noop, inputs, chunkSize: 1));
    }

    private static double ChunkAutomatic()
    {
        const int Count = 100_000;
        using var pool = TwoWorkers();
        int[] inputs = [.. Enumerable.Range(0, Count)];
        return Rate(20.0 * Count, () =>
        {
            for (int i = 0; i < 20; i++)
            {
                pool.Map(Noop, inputs);
            }
        });
    }

    private static double Ordered()
    {
        const int Count = 20_000;
        using var pool = TwoWorkers();
        return Rate(Count, () =>
        {
            foreach (int _ in pool.Imap(Noop, Enumerable.Range(0, Count)))
            {
            }
        });
    }

    private static double Unordered()
    {
        const int Count = 20_000;
        using var pool = TwoWorkers();
        return Rate(Count, () =>
        {
            foreach (int _ in pool.ImapUnordered(Noop, Enumerable.Range(0, Count)))
            {
            }
        });
    }

    private static double StarMap()
    {
        (int, int)[] pairs = [.. Enumerable.Range(0, 100_000).Select(static number => (number, 1))];
        using var pool = TwoWorkers();
        return Rate(10.0 * pairs.Length, () =>
        {
            for (int i = 0; i < 10; i++)
            {
                pool.StarMap(Add, pairs);
            }
        });
    }

    private static double SpeedUp()
    {
        const int Count = 400;
        using var pool = TwoWorkers();
        void Parallel() => pool.Map(Burn, Enumerable.Range(0, Count));
        Clock.WarmUp(Parallel);
        double serial = Clock.Seconds(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                Burn(i);
            }
        });
        return serial / Clock.Seconds(Parallel);
    }

    private static double LargeArguments()
    {
        const int Count = 300;
        using var pool = TwoWorkers();
        byte[] block = new byte[MiB];
        return Rate(Count * (MiB / 1e6), () => pool.Map(static bytes => bytes.Length, Enumerable.Repeat(block, Count), chunkSize: 1));
    }

    private static double LargeResults()
    {
        const int Count = 300;
        using var pool = TwoWorkers();
        return Rate(Count * (MiB / 1e6), () => pool.Map(MakeMebibyte, Enumerable.Range(0, Count), chunkSize: 1));
    }
}
