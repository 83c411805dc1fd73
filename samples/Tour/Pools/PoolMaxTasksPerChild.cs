// After Pool(maxtasksperchild) in the documentation of Python's multiprocessing:
//     the number of tasks a worker process can complete before it will exit and be replaced with a fresh worker process, to enable
//     unused resources to be freed.
using Multiproc;

namespace Tour.Pools;

[Part(10, "A pool of workers: maxTasksPerChild")]
internal static class PoolMaxTasksPerChild
{
    public static void Run()
    {
        using var pool = Mp.Pool(1, maxTasksPerChild: 2);
        int[] pids = pool.Map(static _ => Environment.ProcessId, Enumerable.Range(0, 6));
        Console.WriteLine(
            $"{pids.Length} tasks in {pids.Distinct().Count()} workers, {pids.GroupBy(static pid => pid).Max(static group => group.Count())} in each");
    }
}
