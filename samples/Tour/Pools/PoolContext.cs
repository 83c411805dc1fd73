// After "Using a pool of workers" in the documentation of Python's multiprocessing:
//     with Pool(processes=4) as pool: ...
//     # exiting the 'with'-block has stopped the pool
//     print("Now the pool is closed and no longer available")
using Multiproc;

namespace Tour.Pools;

[Part(12, "A pool of workers: using, Close and Join")]
internal static class PoolContext
{
    public static void Run()
    {
        ProcessPool outside;
        using (var pool = Mp.Pool(2))
        {
            Console.WriteLine($"inside: {pool.Apply(static x => x * x, 10)}, {pool}");
            outside = pool;
        }

        Try("after its end", () => outside.Apply(static () => 1));

        using var closing = Mp.Pool(2);
        var work = closing.MapAsync(static x => x * x, [1, 2, 3]);
        Try("Join before Close", () => closing.Join());
        closing.Close();
        closing.Join();
        Console.WriteLine($"Close lets the work finish: {string.Join(", ", work.Get())}");
    }

    private static void Try(string what, Action call)
    {
        try
        {
            call();
        }
        catch (InvalidOperationException refused)
        {
            Console.WriteLine($"{what}: {refused.Message}");
        }
    }
}
