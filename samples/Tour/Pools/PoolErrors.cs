// After the pool example (mp_pool.py, "Testing error handling") in the documentation of Python's multiprocessing:
//     try: print(pool.apply(f, (5,)))
//     except ZeroDivisionError: print('\tGot ZeroDivisionError as expected from pool.apply()')
using Multiproc;

namespace Tour.Pools;

[Part(11, "A pool of workers: errors, and workers that die")]
internal static class PoolErrors
{
    public static void Run()
    {
        using var pool = Mp.Pool(2);
        Try("Apply", () => Divide(pool));
        Try("Map", () => DivideAll(pool));
        Try("a result that cannot be sent", () => Unsendable(pool));

        // In this case Python waits for ever.
        Try("a worker that dies", () => Die(pool));
        Console.WriteLine($"the pool goes on: {string.Join(", ", pool.Map(static x => x + 1, [1, 2, 3]))}");
    }

    private static void Try(string what, Action call)
    {
        try
        {
            call();
        }
        catch (WorkerDiedException death)
        {
            Console.WriteLine($"{what}: {death.GetType().Name}, exit code {death.ExitCode}, task {death.TaskIndex} ({death.Argument})");
        }
        catch (Exception failure)
        {
            Console.WriteLine($"{what}: {failure.GetType().Name}");
        }
    }

    private static void Divide(ProcessPool pool) => pool.Apply(static x => 1.0m / x, 0m);

    private static void DivideAll(ProcessPool pool) => pool.Map(static x => 6 / x, [1, 2, 0, 3]);

    private static void Unsendable(ProcessPool pool) => pool.Apply(static () => Stream.Null);

    private static void Die(ProcessPool pool) => pool.Map(
        static x =>
        {
            if (x == 30)
            {
                Environment.Exit(7);
            }

            return x;
        },
        [10, 20, 30, 40]);
}
