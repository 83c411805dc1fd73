using Multiproc.Torture.Measuring;

namespace Multiproc.Benchmarks;

/// <summary>
/// First uses in a fresh process: nothing is warmed up, so each row counts what a user's program waits for. `measure` and `compare` run each row in a
/// process of its own; a second row measured in the same process would no longer be cold.
/// </summary>
internal static class ColdRows
{
    /// <summary>The argument with which this program runs the README's example.</summary>
    public const string ScriptArgument = "readme-script";

    public static IReadOnlyList<Row> All { get; } =
    [
        new("script_cold", "ms", Script),
        new("first_object_cold", "ms", FirstObject),
        new("manager_start_first_call", "ms", ManagerFirstCall),
        new("pool_start_first_result", "ms", PoolFirstResult),
    ];

    /// <summary>The README's example; peers/readme_script.py is its twin.</summary>
    public static void RunScript()
    {
        using var words = Mp.Queue<string>();
        using var count = Mp.Value(0L);
        using var child = Mp.Process(() =>
        {
            count.Add(1);
            words.Put($"hello from {Mp.CurrentProcess.Name}");
        });
        child.Start();
        Console.WriteLine(words.Get());
        child.Join();
        using var pool = Mp.Pool(4);
        int[] squares = pool.Map(
            n =>
            {
                count.Add(1);
                return n * n;
            },
            Enumerable.Range(0, 100));
        Console.WriteLine($"{squares.Sum()}, {count.Value} calls");
    }

    private static double Script()
    {
        const int Count = 3;
        return Clock.Milliseconds(Count, static () =>
        {
            for (int i = 0; i < Count; i++)
            {
                Programs.Run(Environment.ProcessPath!, Self.Arguments(ScriptArgument));
            }
        });
    }

    private static double FirstObject() => Clock.Milliseconds(1, static () =>
    {
        using var queue = Mp.Queue<int>();
        queue.Put(1);
        queue.Get();
    });

    private static double ManagerFirstCall()
    {
        SyncManager? manager = null;
        double time = Clock.Milliseconds(1, () =>
        {
            manager = Mp.Manager();
            var shared = manager.Dictionary<string, int>();
            shared["key"] = 1;
            _ = shared["key"];
        });
        manager!.Dispose();
        return time;
    }

    private static double PoolFirstResult()
    {
        ProcessPool? pool = null;
        double time = Clock.Milliseconds(1, () =>
        {
            pool = Mp.Pool(2);
            pool.Apply(static n => n, 1);
        });
        pool!.Dispose();
        return time;
    }
}
