// After "Barrier" in the documentation of Python's multiprocessing, "a clone of threading.Barrier":
//     i = barrier.wait()
//     if i == 0: print('passed the barrier')
using Multiproc;

namespace Tour.Synchronization;

[Part(5, "A barrier with an action")]
internal static class Barriers
{
    public static void Run()
    {
        using var barrier = Mp.Barrier(3, static () => Console.WriteLine("all three are here"));
        using var first = Mp.Process(Meet, barrier);
        using var second = Mp.Process(Meet, barrier);
        first.Start();
        second.Start();
        Meet(barrier);
        first.Join();
        second.Join();

        barrier.Abort();
        try
        {
            barrier.Wait();
        }
        catch (BrokenBarrierException)
        {
            Console.WriteLine($"aborted: broken is {barrier.Broken}");
        }
    }

    private static void Meet(SharedBarrier barrier)
    {
        if (barrier.Wait() == 0)
        {
            Console.WriteLine("passed the barrier");
        }
    }
}
