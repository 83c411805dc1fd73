// After "Value" in the documentation of Python's multiprocessing, where many processes that add wait for one lock:
//     with counter.get_lock(): counter.value += 1
using Multiproc;

namespace Tour.Sharing;

[Part(7, "A counter that many processes add to without waiting for each other")]
internal static class Counters
{
    public static void Run()
    {
        using var pages = Mp.Counter();
        var processes = Enumerable.Range(0, 4).Select(_ => Mp.Process(Count, pages)).ToList();
        processes.ForEach(static process => process.Start());
        processes.ForEach(static process => process.Join());
        processes.ForEach(static process => process.Dispose());
        Console.WriteLine($"four processes counted {pages.Value}");
        Console.WriteLine($"taken out: {pages.Reset()}, left: {pages.Value}");
    }

    private static void Count(SharedCounter pages)
    {
        for (int i = 0; i < 10_000; i++)
        {
            pages.Increment();
        }
    }
}
