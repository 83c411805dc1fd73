// After "Using a pool of workers" in the documentation of Python's multiprocessing:
//     for i in pool.imap_unordered(f, range(10)):
//         print(i)
using Multiproc;

namespace Tour.Pools;

[Part(2, "A pool of workers: results as they arrive")]
internal static class PoolImapUnordered
{
    public static void Run()
    {
        using var pool = Mp.Pool(2);
        int count = 0;
        int sum = 0;
        foreach (int square in pool.ImapUnordered(static x => x * x, Enumerable.Range(0, 10)))
        {
            count++; // In any order, so only the sum is printed.
            sum += square;
        }

        Console.WriteLine($"{count} results, their sum is {sum}");
    }
}
