// Python's multiprocessing has none; functools.lru_cache is for one process, and each process computes again what another one has computed:
//     @lru_cache(maxsize=100)
using Multiproc;

namespace Tour.Sharing;

[Part(8, "A cache whose factory runs once over all processes")]
internal static class Caches
{
    public static void Run()
    {
        using var cache = Mp.Cache<int, string>(new SharedCacheOptions { MaxCount = 2 });
        using var calls = Mp.Counter();
        using var together = Mp.Barrier(3);
        var processes = Enumerable.Range(0, 3).Select(_ => Mp.Process(Use, cache, calls, together)).ToList();
        processes.ForEach(static process => process.Start());
        processes.ForEach(static process => process.Join());
        processes.ForEach(static process => process.Dispose());
        Console.WriteLine($"three asked at the same time: the factory ran {calls.Value} time");
        Console.WriteLine($"here: {cache.GetOrAdd(7, static _ => "made again")}");

        cache.Set(8, "eight");
        cache.Set(9, "nine"); // Two entries at most: what was used least recently goes.
        Console.WriteLine($"entries: {cache.Count}, 7 is one of them: {cache.TryGet(7, out _)}");
    }

    private static void Use(SharedCache<int, string> cache, SharedCounter calls, SharedBarrier together)
    {
        together.Wait();
        cache.GetOrAdd(7, key =>
        {
            calls.Increment();
            return $"made once for {key}";
        });
    }
}
