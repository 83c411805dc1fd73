// After apply_async and map_async in the documentation of Python's multiprocessing:
//     pool.apply_async(func, args, callback=..., error_callback=...)
using Multiproc;

namespace Tour.Pools;

[Part(8, "A pool of workers: callbacks")]
internal static class PoolCallbacks
{
    public static void Run()
    {
        // Callbacks run one at a time on one thread, each before waiters get its result.
        using var pool = Mp.Pool(2);
        pool.ApplyAsync(static x => x * x, 3, callback: static square => Console.WriteLine($"callback: {square}")).Wait();
        pool.ApplyAsync(static x => 1 / x, 0, errorCallback: static failure => Console.WriteLine($"error callback: {failure.GetType().Name}")).Wait();
        pool.MapAsync(
            static x => x * x, [1, 2, 3], callback: static squares => Console.WriteLine($"callback of a map, once: {string.Join(", ", squares)}")).Wait();
    }
}
