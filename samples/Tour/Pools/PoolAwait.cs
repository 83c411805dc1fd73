// After apply_async, map_async and starmap_async in the documentation of Python's multiprocessing:
//     result = pool.map_async(f, range(10)); result.wait(); result.ready(); result.successful(); result.get()
using Multiproc;

namespace Tour.Pools;

[Part(4, "A pool of workers: results that are awaited")]
internal static class PoolAwait
{
    public static void Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        await using var pool = Mp.Pool(2);
        Console.WriteLine($"await ApplyAsync: {await pool.ApplyAsync(static (a, b) => a + b, 1, 2)}");
        Console.WriteLine($"await MapAsync: {string.Join(", ", await pool.MapAsync(static x => x * x, Enumerable.Range(0, 5)))}");
        Console.WriteLine($"await StarMapAsync: {string.Join(", ", await pool.StarMapAsync(Math.Max, [(1, 2), (4, 3)]))}");

        var cubes = pool.MapAsync(static x => x * x * x, [1, 2, 3]);
        cubes.Wait();
        Console.WriteLine($"ready: {cubes.Ready}, successful: {cubes.Successful}, {string.Join(", ", cubes.Get())}");

        // The results of an Imap can be awaited one by one too.
        int sum = 0;
        await foreach (int square in pool.Imap(static x => x * x, Enumerable.Range(0, 10)))
        {
            sum += square;
        }

        Console.WriteLine($"await foreach: the sum is {sum}");
    }
}
