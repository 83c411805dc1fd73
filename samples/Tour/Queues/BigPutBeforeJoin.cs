// After "Joining processes that use queues" in the programming guidelines of Python's multiprocessing:
//     p = Process(target=f, args=(queue,)); p.start()
//     p.join()                    # this deadlocks
//     obj = queue.get()
using Multiproc;

namespace Tour.Queues;

[Part(4, "Joining a process before its queue is drained")]
internal static class BigPutBeforeJoin
{
    public static void Run()
    {
        using var queue = Mp.Queue<string>();
        using var process = Mp.Process(static queue => queue.Put(new string('X', 1_000_000)), queue);
        process.Start();
        process.Join(); // No deadlock: the item is in shared memory, not in a pipe that must be drained.
        Console.WriteLine($"the process ended with {process.ExitCode}; then {queue.Get().Length} letters were read");
    }
}
