// After "Using a pool of workers" and the pool example (mp_pool.py, "Testing timeouts") in the documentation of Python's multiprocessing:
//     res = pool.apply_async(time.sleep, (10,))
//     try: print(res.get(timeout=1))
//     except TimeoutError: print("We lacked patience and got a multiprocessing.TimeoutError")
using Multiproc;

namespace Tour.Pools;

[Part(7, "A pool of workers: timeouts of waits and of tasks")]
internal static class PoolTimeouts
{
    public static void Run()
    {
        using var pool = Mp.Pool(2);
        using var gate = Mp.Event();
        var slow = pool.ApplyAsync(WaitFor, gate);
        try
        {
            slow.Get(timeout: TimeSpan.FromMilliseconds(50));
        }
        catch (MultiprocTimeoutException)
        {
            Console.WriteLine("We lacked patience and got a MultiprocTimeoutException");
        }

        // The task keeps running.
        gate.Set();
        Console.WriteLine($"later: {slow.Get()}");

        // Python lacks this: a time limit of the task itself, whose worker is ended and replaced.
        try
        {
            pool.Apply(BlockForEver, new TaskOptions { Timeout = TimeSpan.FromMilliseconds(100) });
        }
        catch (MultiprocTimeoutException)
        {
            Console.WriteLine("a task that took too long was ended");
        }

        Console.WriteLine($"the pool goes on: {pool.Apply(static x => x + 1, 1)}");
    }

    private static string WaitFor(SharedEvent gate) => gate.Wait() ? "the gate is open" : "";

    private static int BlockForEver()
    {
        Thread.CurrentThread.Join();
        return 0;
    }
}
