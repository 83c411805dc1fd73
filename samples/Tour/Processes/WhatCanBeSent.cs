// After "Picklability" and "More picklability" in the programming guidelines of Python's multiprocessing:
//     Ensure that all arguments to Process.__init__() are picklable.
using Multiproc;

namespace Tour.Processes;

[Part(7, "What can be sent to a child, and what cannot")]
internal static class WhatCanBeSent
{
    public static void Run()
    {
        using var replies = Mp.Queue<string>();
        var order = new Order("tea", [1, 2], new Dictionary<string, SharedQueue<string>> { ["answers"] = replies }, text => text.ToUpperInvariant());
        using var process = Mp.Process(Serve, order);
        process.Start();
        Console.WriteLine(replies.Get());
        process.Join();

        SendAStream();
        SendAThread();
    }

    private static void Serve(Order order) => order.Queues["answers"].Put($"{order.Change(order.Name)} {string.Join('+', order.Amounts)}");

    private static void SendAStream()
    {
        using var log = Stream.Null;
        Refused(Mp.Process(() => log.Flush()));
    }

    private static void SendAThread() => Refused(Mp.Process(static (object[] parts) => Console.WriteLine(parts.Length), [1, "two", Thread.CurrentThread]));

    /// <summary>Start throws an error that names the unsendable part and the path to it; no process is started.</summary>
    private static void Refused(ChildProcess process)
    {
        using (process)
        {
            try
            {
                process.Start();
            }
            catch (SerializationException refused)
            {
                Console.WriteLine(refused.Message);
            }
        }
    }

    private sealed record Order(string Name, int[] Amounts, Dictionary<string, SharedQueue<string>> Queues, Func<string, string> Change);
}
