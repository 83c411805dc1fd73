// After "Value" in the documentation of Python's multiprocessing:
//     Operations like += which involve a read and write are not atomic. So ... it is insufficient to just do counter.value += 1
//     Instead ... you can do: with counter.get_lock(): counter.value += 1
using Multiproc;

namespace Tour.Sharing;

[Part(2, "The lost update of Value += 1, and two right ways")]
internal static class LostUpdate
{
    private const int Times = 1000;

    public static void Run()
    {
        // The barrier forces the race, which otherwise happens only now and then.
        using var bothHaveRead = Mp.Barrier(2);
        Show("read, then written", (counter, _) =>
        {
            int read = counter.Value;
            bothHaveRead.Wait();
            counter.Value = read + 1;
        }, 1);
        Show("under its lock", static (counter, times) =>
        {
            for (int i = 0; i < times; i++)
            {
                using var hold = counter.GetLock().Hold();
                counter.Value += 1;
            }
        }, Times);
        Show("in one step", static (counter, times) =>
        {
            for (int i = 0; i < times; i++)
            {
                counter.Add(1);
            }
        }, Times);
    }

    private static void Show(string how, Action<SharedValue<int>, int> increment, int times)
    {
        using var counter = Mp.Value(0);
        using var first = Mp.Process(increment, counter, times);
        using var second = Mp.Process(increment, counter, times);
        first.Start();
        second.Start();
        first.Join();
        second.Join();
        Console.WriteLine($"{how}: {counter.Value} of {2 * times}");
    }
}
