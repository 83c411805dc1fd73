// After "Semaphore" and "BoundedSemaphore" in the documentation of Python's multiprocessing:
//     with pool_sema: ...
using Multiproc;

namespace Tour.Synchronization;

[Part(4, "A semaphore lets two in at a time")]
internal static class Semaphores
{
    public static void Run()
    {
        using var seats = Mp.Semaphore(2);
        using var inside = Mp.Value(0);
        using var most = Mp.Value(0);
        using var pair = Mp.Barrier(2);
        var processes = Enumerable.Range(0, 4).Select(_ => Mp.Process(Sit, seats, pair, inside, most)).ToList();
        processes.ForEach(static process => process.Start());
        processes.ForEach(static process => process.Join());
        processes.ForEach(static process => process.Dispose());
        Console.WriteLine($"four came, at most {most.Value} were inside at once");

        using var bounded = Mp.BoundedSemaphore(1);
        try
        {
            bounded.Release();
        }
        catch (InvalidOperationException tooOften)
        {
            Console.WriteLine($"a bounded one released too often: {tooOften.GetType().Name}");
        }
    }

    private static void Sit(SharedSemaphore seats, SharedBarrier pair, SharedValue<int> inside, SharedValue<int> most)
    {
        using var seat = seats.Hold();
        using (most.GetLock().Hold())
        {
            most.Value = Math.Max(most.Value, inside.Add(1));
        }

        pair.Wait(); // A second process is inside as well.
        inside.Add(-1);
    }
}
