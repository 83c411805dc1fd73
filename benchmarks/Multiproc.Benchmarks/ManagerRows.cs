using Multiproc;

namespace Multiproc.Benchmarks;

internal static class ManagerRows
{
    private const int Calls = 12_000;

    public static IReadOnlyList<Row> All { get; } =
    [
        new("manager_start_shutdown", "ms", StartShutdown),
        new("manager_dict_get", "ops/s", Get),
        new("manager_dict_set", "ops/s", Set),
        new("manager_dict_4clients", "ops/s", FourClients),
        new("manager_queue_1p1c", "items/s", Queue),
    ];

    private static double StartShutdown()
    {
        const int Count = 5;
        return Clock.Milliseconds(Count, () =>
        {
            for (int i = 0; i < Count; i++)
            {
                Mp.Manager().Shutdown();
            }
        });
    }

    private static void GetMany(DictionaryProxy<string, int> shared, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _ = shared["key"];
        }
    }

    private static void GetManyAndReport((DictionaryProxy<string, int> Shared, SharedQueue<bool> Done) job, int count)
    {
        GetMany(job.Shared, count);
        job.Done.Put(true);
    }

    private static void PutMany(SharedQueue<int> queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.Put(i);
        }
    }

    private static double Get()
    {
        using var manager = Mp.Manager();
        var shared = manager.Dictionary<string, int>();
        shared["key"] = 1;
        GetMany(shared, 100);
        return Clock.PerSecond(Calls, () => GetMany(shared, Calls));
    }

    private static double Set()
    {
        using var manager = Mp.Manager();
        var shared = manager.Dictionary<string, int>();
        shared["key"] = 1;
        GetMany(shared, 100);
        return Clock.PerSecond(Calls, () =>
        {
            for (int i = 0; i < Calls; i++)
            {
                shared["key"] = i;
            }
        });
    }

    private static double FourClients()
    {
        const int Share = 3_000;
        using var done = Mp.Queue<bool>();
        using var manager = Mp.Manager();
        var shared = manager.Dictionary<string, int>();
        shared["key"] = 1;
        using var crew = new Crew().Add(GetManyAndReport, (shared, done), Share, members: 4);
        crew.AwaitReady();
        return Clock.PerSecond(4 * Share, () =>
        {
            crew.Open();
            for (int i = 0; i < 4; i++)
            {
                done.Get();
            }
        });
    }

    private static double Queue()
    {
        const int Count = 6_000;
        using var manager = Mp.Manager();
        var queue = manager.Queue<int>();
        using var crew = new Crew().Add(PutMany, queue, Count);
        crew.AwaitReady();
        return Clock.PerSecond(Count, () =>
        {
            crew.Open();
            for (int i = 0; i < Count; i++)
            {
                queue.Get();
            }
        });
    }
}
