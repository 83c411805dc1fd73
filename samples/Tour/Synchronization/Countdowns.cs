// Python's multiprocessing has none. .NET has one for the threads of a process, CountdownEvent:
//     left.Signal(); left.Wait();
using Multiproc;

namespace Tour.Synchronization;

[Part(7, "A countdown that three processes signal")]
internal static class Countdowns
{
    public static void Run()
    {
        using var left = Mp.Countdown(3);
        var processes = Enumerable.Range(0, 3).Select(_ => Mp.Process(static countdown => { countdown.Signal(); }, left)).ToList();
        processes.Take(2).ToList().ForEach(static process =>
        {
            process.Start();
            process.Join();
        });
        Console.WriteLine($"two have signalled: {left.CurrentCount} left, is set: {left.IsSet}, wait: {left.Wait(TimeSpan.FromMilliseconds(20))}");
        processes[2].Start();
        left.Wait();
        Console.WriteLine($"the third has: {left.CurrentCount} left, is set: {left.IsSet}");
        processes[2].Join();
        processes.ForEach(static process => process.Dispose());

        Console.WriteLine($"one more is counted: {left.TryAddCount()}");
        left.Reset();
        Console.WriteLine($"after a reset: {left.CurrentCount} left");
    }
}
