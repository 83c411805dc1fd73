// After "Using a pool of workers" in the documentation of Python's multiprocessing:
//     res = pool.apply_async(f, (20,))      # runs in *only* one process
//     print(res.get(timeout=1))             # prints "400"
//     multiple_results = [pool.apply_async(os.getpid, ()) for i in range(4)]
using Multiproc;

namespace Tour.Pools;

[Part(3, "A pool of workers: Apply and ApplyAsync")]
internal static class PoolApply
{
    public static void Run()
    {
        using var pool = Mp.Pool(2);
        Console.WriteLine($"Apply waits: {pool.Apply(static x => x * x, 20)}");

        var later = pool.ApplyAsync(static x => x * x, 20);
        Console.WriteLine($"ApplyAsync does not: {later.Get(TimeSpan.FromSeconds(30))}");

        // Several calls may run in several processes, each call in one of them.
        var calls = Enumerable.Range(0, 4).Select(_ => pool.ApplyAsync(static () => Environment.ProcessId)).ToList();
        Console.WriteLine($"all in workers: {calls.All(call => pool.WorkerPids.Contains(call.Get()))}");
    }
}
