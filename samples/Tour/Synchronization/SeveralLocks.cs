// Python's multiprocessing has none; a with statement takes one lock after the other, and two that do so in another order wait for each other for ever:
//     with a, b: ...    # here
//     with b, a: ...    # and there
using Multiproc;

namespace Tour.Synchronization;

[Part(8, "Several locks, all or none, in any order")]
internal static class SeveralLocks
{
    public static void Run()
    {
        using var first = Mp.Value(1000);
        using var second = Mp.Value(1000);
        using var one = Mp.Process(Transfer, first, second);
        using var other = Mp.Process(Transfer, second, first);
        one.Start();
        other.Start();
        one.Join();
        other.Join();
        Console.WriteLine($"after transfers both ways: {first.Value} and {second.Value}");

        var (gate, busy) = (first.GetLock(), Mp.Lock());
        busy.Acquire();
        try
        {
            Mp.AcquireAll([gate, busy], TimeSpan.FromMilliseconds(20));
        }
        catch (MultiprocTimeoutException)
        {
            Console.WriteLine($"one of them is held, so none is: {gate.Locked}");
        }
    }

    private static void Transfer(SharedValue<int> from, SharedValue<int> to)
    {
        for (int i = 0; i < 200; i++)
        {
            using var both = Mp.AcquireAll([from.GetLock(), to.GetLock()]);
            from.Value--;
            to.Value++;
        }
    }
}
