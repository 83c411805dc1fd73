// After starmap in the documentation of Python's multiprocessing:
//     an iterable of [(1,2), (3, 4)] results in [func(1,2), func(3,4)].
using Multiproc;

namespace Tour.Pools;

[Part(6, "A pool of workers: functions of several arguments")]
internal static class PoolStarMap
{
    public static void Run()
    {
        using var pool = Mp.Pool(2);
        Console.WriteLine(string.Join(", ", pool.StarMap(static (a, b) => a * b, [(1, 2), (3, 4)])));
        Console.WriteLine(string.Join(", ", pool.StarMap(static (a, b, c) => $"{a}{b}{c}", [("x", 1, 'a'), ("y", 2, 'b')])));
        Console.WriteLine(string.Join(", ", pool.StarMapAsync(static (a, b) => a - b, [(9, 1), (8, 2)], chunkSize: 1).Get()));
    }
}
