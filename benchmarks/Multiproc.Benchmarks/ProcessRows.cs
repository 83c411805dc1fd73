namespace Multiproc.Benchmarks;

internal static class ProcessRows
{
    public static IReadOnlyList<Row> All { get; } =
    [
        new("process_start_join_spawn", "ms", () => StartJoin(StartMethod.Spawn, 20, 1)),
        new("process_start_join_forkserver", "ms", () => StartJoin(StartMethod.ForkServer, 24, 1)),
        new("process_start_join_8_spawn", "ms", () => StartJoin(StartMethod.Spawn, 24, 8)),
        new("process_start_join_8_forkserver", "ms", () => StartJoin(StartMethod.ForkServer, 24, 8)),
        new("rss_per_idle_worker", "MiB", () => IdleWorker("Rss:")),
        new("pss_per_idle_worker", "MiB", () => IdleWorker("Pss:")),
        new("private_per_idle_worker", "MiB", () => IdleWorker("Private_Clean:") + IdleWorker("Private_Dirty:")),
    ];

    private static void Noop()
    {
    }

    private static double StartJoin(StartMethod method, int count, int atOnce)
    {
        var context = Mp.GetContext(method);
        if (method == StartMethod.ForkServer)
        {
            KeepSpares(context, count + 1);
        }

        StartJoin(context, 1);
        return Clock.Milliseconds(count, () =>
        {
            for (int i = 0; i < count / atOnce; i++)
            {
                StartJoin(context, atOnce);
            }
        });
    }

    /// <summary>Waits until there is a warm process for each measured start: the row is the cost of a start with warm processes available.</summary>
    public static void KeepSpares(MultiprocContext context, int count)
    {
        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = count } });
        StartJoin(context, 1);
        while (MultiprocContext.WarmProcesses < count)
        {
            Thread.Yield();
        }
    }

    /// <summary>Returns the mean over the workers of an idle pool of two that has run some tasks, in MiB.</summary>
    private static double IdleWorker(string key)
    {
        using var pool = Mp.Pool(2);
        pool.Map(static n => n, Enumerable.Range(0, 100), chunkSize: 1);
        return pool.WorkerPids.Average(pid => File.ReadLines($"/proc/{pid}/smaps_rollup")
            .Where(line => line.StartsWith(key, StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture)) / 1024);
    }

    private static void StartJoin(MultiprocContext context, int processes)
    {
        var all = Enumerable.Range(0, processes).Select(_ => context.Process(Noop)).ToList();
        all.ForEach(process => process.Start());
        all.ForEach(process => process.Join());
        all.ForEach(process => process.Close());
    }
}
