// After "Synchronization between processes" in the documentation of Python's multiprocessing:
//     lock.acquire(); print('hello world', i); lock.release()
using Multiproc;

namespace Tour.Synchronization;

[Part(1, "A lock around printing")]
internal static class LockAroundPrinting
{
    public static void Run()
    {
        using var gate = Mp.Lock();
        var processes = Enumerable.Range(0, 4).Select(i => Mp.Process(Print, gate, i)).ToList();
        processes.ForEach(static process => process.Start());
        processes.ForEach(static process => process.Join());
        processes.ForEach(static process => process.Dispose());
    }

    private static void Print(SharedLock gate, int i)
    {
        // Without the lock, the output of several processes would mix.
        using var hold = gate.Hold();
        Console.Write("hello ");
        Console.Write("world ");
        Console.WriteLine(i);
    }
}
