// Python's multiprocessing has none: an item is gone with the worker that took it, and an item that is put back ends the next worker as well.
using Multiproc;

namespace Tour.Queues;

[Part(6, "Leases, and an item that ends each process that takes it")]
internal static class DeadLetters
{
    public static void Run()
    {
        using var jobs = Mp.Queue<string>(new SharedQueueOptions { MaxRedeliveries = 1 });
        jobs.Put("a bad job");
        for (int worker = 1; worker <= 2; worker++)
        {
            Console.WriteLine($"worker {worker} ended with {WorkOnce(jobs)}");
        }

        var letter = jobs.DeadLetters.Get();
        Console.WriteLine($"set aside: {letter.Item}, {letter.Reason}, back {letter.Redeliveries} times");
        jobs.Put("a good job");
        Console.WriteLine($"worker 3 ended with {WorkOnce(jobs)}");
    }

    private static int? WorkOnce(SharedQueue<string> jobs)
    {
        using var process = Mp.Process(Work, jobs);
        process.Start();
        process.Join();
        return process.ExitCode;
    }

    private static void Work(SharedQueue<string> jobs)
    {
        using var lease = jobs.Lease();
        if (lease.Item == "a bad job")
        {
            System.Diagnostics.Process.GetCurrentProcess().Kill(); // As a crash of native code would.
        }

        lease.Complete();
    }
}
