// After "Introduction" in the documentation of Python's multiprocessing:
//     with Pool(5) as p:
//         print(p.map(f, [1, 2, 3]))
using Multiproc;

namespace Tour.Pools;

[Part(1, "A pool of workers: Map")]
internal static class PoolMap
{
    public static void Run()
    {
        using var pool = Mp.Pool(2);
        Console.WriteLine(string.Join(", ", pool.Map(static x => x * x, [1, 2, 3])));

        try
        {
            pool.Map(static x => 6 / x, [1, 0]);
        }
        catch (DivideByZeroException)
        {
            Console.WriteLine("what a task throws is thrown here");
        }
    }
}
