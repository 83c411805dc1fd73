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
        new("manager_list_append", "ops/s", ListAppend),
        new("manager_queue_1p1c", "items/s", Queue),
        new("manager_lock", "pairs/s", LockPairs),
        new("manager_namespace_get", "ops/s", NamespaceGet),
        new("manager_value_get", "ops/s", ValueGet),
        new("manager_custom_call", "ops/s", CustomCall),
    ];

    /// <summary>Measures work that this client repeats, after a warm-up.</summary>
    private static double PerSecond(int count, Action work)
    {
        Clock.WarmUp(work);
        return Clock.PerSecond(count, work);
    }

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

    private static void GetAll<T>(SharedQueue<T> queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.Get();
        }
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
        return PerSecond(Calls, () => GetMany(shared, Calls));
    }

    private static double Set()
    {
        using var manager = Mp.Manager();
        var shared = manager.Dictionary<string, int>();
        shared["key"] = 1;
        return PerSecond(Calls, () =>
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
        using var children = new ChildGroup().AddWarm(GetManyAndReport, (shared, done), Share, warmUp: 60 * Share, members: 4);
        GetAll(done, 4);
        children.AwaitReady();
        return Clock.PerSecond(4 * Share, () =>
        {
            children.Open();
            GetAll(done, 4);
        });
    }

    private static double Queue()
    {
        const int Count = 6_000;
        using var manager = Mp.Manager();
        var queue = manager.Queue<int>();
        const int WarmUp = 100 * Count;
        using var children = new ChildGroup().AddWarm(PutMany, queue, Count, WarmUp);
        GetAll(queue, WarmUp);
        children.AwaitReady();
        return Clock.PerSecond(Count, () =>
        {
            children.Open();
            GetAll(queue, Count);
        });
    }

    private static double ListAppend()
    {
        using var manager = Mp.Manager();
        var list = manager.List(Enumerable.Range(0, 100));
        return PerSecond(Calls, () =>
        {
            for (int i = 0; i < Calls; i++)
            {
                list.Append(i);
            }
        });
    }

    private static double LockPairs()
    {
        const int Pairs = 600_000;
        using var manager = Mp.Manager();
        var gate = manager.Lock();
        return PerSecond(Pairs, () =>
        {
            for (int i = 0; i < Pairs; i++)
            {
                gate.Acquire();
                gate.Release();
            }
        });
    }

    private static double NamespaceGet()
    {
        using var manager = Mp.Manager();
        dynamic shared = manager.Namespace();
        shared.x = 1;
        return PerSecond(Calls, () =>
        {
            for (int i = 0; i < Calls; i++)
            {
                _ = shared.x;
            }
        });
    }

    private static double ValueGet()
    {
        using var manager = Mp.Manager();
        var value = manager.Value(1);
        return PerSecond(Calls, () =>
        {
            for (int i = 0; i < Calls; i++)
            {
                _ = value.Value;
            }
        });
    }

    private static double CustomCall()
    {
        using var manager = new CalculatorManager();
        manager.Start();
        var calculator = manager.Create<ICalculator>();
        return PerSecond(Calls, () =>
        {
            for (int i = 0; i < Calls; i++)
            {
                _ = calculator.Add(2, 3);
            }
        });
    }

    /// <summary>The interface of the proxy; public, as run-time generated proxies require.</summary>
    public interface ICalculator
    {
        int Add(int x, int y);
    }

    private sealed class Calculator : ICalculator
    {
        public int Add(int x, int y) => x + y;
    }

    private sealed class CalculatorManager : BaseManager<CalculatorManager>
    {
        static CalculatorManager() => Register<ICalculator, Calculator>("Calculator");
    }
}
