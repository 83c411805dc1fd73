// After SyncManager, whose Pool() the documentation of Python's multiprocessing does not mention and its source registers:
//     with Manager() as manager: pool = manager.Pool(4)
using Multiproc;

namespace Tour.Pools;

[Part(13, "A pool in a manager, for several processes")]
internal static class PoolInManager
{
    public static void Run()
    {
        using var manager = Mp.Manager();
        var pool = manager.Pool(2);
        using var sums = Mp.Queue<int>();
        ChildProcess[] users = [Mp.Process(Use, pool, sums, 1), Mp.Process(Use, pool, sums, 2)];
        Array.ForEach(users, static user => user.Start());
        Array.ForEach(users, static user => user.Join());
        int[] both = [sums.Get(), sums.Get()];
        Console.WriteLine($"two processes, one pool: {string.Join(", ", both.Order())}");
    }

    private static void Use(PoolProxy pool, SharedQueue<int> sums, int factor) => sums.Put(pool.Map(x => x * factor, Enumerable.Range(0, 10)).Sum());
}
