// After "Exchanging objects between processes", Queues, in the documentation of Python's multiprocessing:
//     q.put([42, None, 'hello'])
using Multiproc;

namespace Tour.Queues;

[Part(1, "A queue")]
internal static class QueueOfObjects
{
    public static void Run()
    {
        using var queue = Mp.Queue<object?[]>();
        using var process = Mp.Process(static queue => queue.Put([42, null, "hello"]), queue);
        process.Start();
        Console.WriteLine(string.Join(", ", queue.Get().Select(static item => item ?? "null")));
        process.Join();

        try
        {
            queue.Get(TimeSpan.FromMilliseconds(10));
        }
        catch (QueueEmptyException)
        {
            Console.WriteLine("empty");
        }
    }
}
