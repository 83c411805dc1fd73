// Python's multiprocessing has none; queue.PriorityQueue is for the threads of one process:
//     q.put((priority, item))
using Multiproc;

namespace Tour.Queues;

[Part(5, "Items with a priority, a delay, or a time to live")]
internal static class ItemsWithTerms
{
    public static void Run()
    {
        using var jobs = Mp.Queue<string>(new SharedQueueOptions { KeepExpired = true });
        using var producer = Mp.Process(Fill, jobs);
        producer.Start();
        producer.Join();
        Console.WriteLine($"next: {jobs.Peek()}");
        Console.WriteLine($"in order: {string.Join(", ", jobs.GetMany(3))}");
        Console.WriteLine($"when waited for: {jobs.Get()}");
        var letter = jobs.DeadLetters.Get();
        Console.WriteLine($"nobody took it in time: {letter.Item}, {letter.Reason}");
    }

    private static void Fill(SharedQueue<string> jobs)
    {
        jobs.Put("an ordinary job");
        jobs.Put("a reminder", delay: TimeSpan.FromMilliseconds(100));
        jobs.Put("a quote of the past", timeToLive: TimeSpan.FromTicks(1));
        jobs.Put("an urgent job", priority: 5);
        jobs.Put("another urgent job", priority: 5);
    }
}
