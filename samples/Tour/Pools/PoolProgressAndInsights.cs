// Beyond the documentation of Python's multiprocessing, whose users wrap pool.imap in tqdm:
//     list(tqdm(pool.imap(f, inputs), total=len(inputs)))
using Multiproc;

namespace Tour.Pools;

[Part(14, "A pool of workers: progress, retries and insights")]
internal static class PoolProgressAndInsights
{
    public static void Run()
    {
        using var pool = Mp.Pool(2, new PoolOptions { MeasureTasks = true });
        using var died = Mp.Event();

        // The bar is shown on stderr if it is a terminal.
        using (var bar = Mp.ProgressBar("squares"))
        {
            var squares = SquareAll(pool, died, bar);
            Console.WriteLine($"{squares.Length} squares, though a worker died: {died.IsSet}");
        }

        // Insights have the times of each worker, the slowest tasks with their arguments, and advice.
        var insights = pool.Insights();
        Console.WriteLine($"insights name the slowest tasks: {insights.SlowestTasks.All(static task => task.Argument == $"{task.Index}")}");
    }

    private static int[] SquareAll(ProcessPool pool, SharedEvent died, IProgress<PoolProgress> progress) => pool.Map(
        x =>
        {
            if (x == 50 && !died.IsSet)
            {
                died.Set();
                Environment.Exit(1);
            }

            return x * x;
        },
        Enumerable.Range(0, 100), progress: progress, options: new TaskOptions { Idempotent = true });
}
