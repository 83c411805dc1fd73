// After Pool(processes, initializer, initargs) in the documentation of Python's multiprocessing:
//     If initializer is not None then each worker process will call initializer(*initargs) when it starts.
using Multiproc;

namespace Tour.Pools;

[Part(9, "A pool of workers: an initializer with arguments, state that stays, a finalizer")]
internal static class PoolInitializer
{
    private static string? s_greeting;
    private static int s_tasks;

    public static void Run()
    {
        using var left = Mp.Value(0);
        using (var pool = MakePool("hello", left))
        {
            Console.WriteLine(pool.Apply(static name => $"{s_greeting}, {name}", "world"));
            int[] counts = pool.Map(static _ => ++s_tasks, Enumerable.Range(0, 5), chunkSize: 1);
            Console.WriteLine($"what a worker keeps stays from task to task: {string.Join(", ", counts)}");
            pool.Close();
            pool.Join();
        }

        Console.WriteLine($"{left.Value} worker said goodbye; here the greeting is {s_greeting ?? "not set"}");
    }

    /// <summary>The values that the lambdas capture are their arguments.</summary>
    private static ProcessPool MakePool(string greeting, SharedValue<int> left) =>
        Mp.Pool(1, initializer: () => s_greeting = greeting, finalizer: () => left.Increment());
}
