// After "Using a pool of workers" in the documentation of Python's multiprocessing:
//     it = pool.imap(f, range(10))
//     print(next(it))                       # prints "0"
//     print(it.next(timeout=1))             # prints "4" unless your computer is *very* slow
using Multiproc;

namespace Tour.Pools;

[Part(5, "A pool of workers: results in order, one by one")]
internal static class PoolImap
{
    public static void Run()
    {
        using var pool = Mp.Pool(2);
        using (var squares = pool.Imap(static x => x * x, Endless()))
        {
            Console.WriteLine(squares.Next());
            Console.WriteLine(squares.Next());
            Console.WriteLine(squares.Next(timeout: TimeSpan.FromSeconds(30)));
        }

        // The exception of a task is thrown by the step that reaches it; the next step continues.
        using var quotients = pool.Imap(static x => 12 / x, [1, 0, 3]);
        for (int i = 0; i < 3; i++)
        {
            try
            {
                Console.WriteLine(quotients.Next());
            }
            catch (DivideByZeroException)
            {
                Console.WriteLine("12 / 0 is not a number");
            }
        }
    }

    /// <summary>Python's imap reads all of its input; here it is read as results are taken.</summary>
    private static IEnumerable<int> Endless()
    {
        for (int i = 0; ; i++)
        {
            yield return i;
        }
    }
}
