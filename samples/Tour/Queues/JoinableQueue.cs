// After "JoinableQueue", task_done() and join(), in the documentation of Python's multiprocessing:
//     For each get() used to fetch a task, a subsequent call to task_done() tells the queue that the processing on the task is complete.
using Multiproc;

namespace Tour.Queues;

[Part(3, "A queue whose items are acknowledged")]
internal static class JoinableQueue
{
    public static void Run()
    {
        using var tasks = Mp.JoinableQueue<int>();
        using var sum = Mp.Value(0);
        using var first = Mp.Process(Work, tasks, sum, daemon: true);
        using var second = Mp.Process(Work, tasks, sum, daemon: true);
        first.Start();
        second.Start();
        tasks.PutMany(Enumerable.Range(1, 100));
        tasks.Join();
        Console.WriteLine($"all tasks are done, the sum is {sum.Value}");

        try
        {
            tasks.TaskDone();
        }
        catch (InvalidOperationException tooOften)
        {
            Console.WriteLine($"TaskDone once more: {tooOften.GetType().Name}");
        }
    }

    private static void Work(SharedJoinableQueue<int> tasks, SharedValue<int> sum)
    {
        while (true)
        {
            sum.Add(tasks.Get());
            tasks.TaskDone();
        }
    }
}
