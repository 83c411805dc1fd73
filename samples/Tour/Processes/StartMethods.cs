// After "Contexts and start methods" in the documentation of Python's multiprocessing:
//     ctx = mp.get_context('spawn'); q = ctx.Queue(); p = ctx.Process(target=foo, args=(q,)); p.start(); print(q.get())
using Multiproc;

namespace Tour.Processes;

[Part(1, "Contexts and start methods")]
internal static class StartMethods
{
    public static void Run()
    {
        foreach (var method in Mp.GetAllStartMethods())
        {
            var context = Mp.GetContext(method);
            using var queue = context.Queue<string>();
            using var process = context.Process(Foo, queue, Environment.ProcessId);
            process.Start();
            Console.WriteLine($"{method}: {queue.Get()}");
            process.Join();
        }

        try
        {
            Mp.GetContext("fork");
        }
        catch (ArgumentException refused)
        {
            Console.WriteLine(refused.Message);
        }

        // Set once in a program, before its first process. Contexts do not have this restriction.
        Mp.SetStartMethod("forkserver");
        try
        {
            Mp.SetStartMethod("spawn");
        }
        catch (InvalidOperationException twice)
        {
            Console.WriteLine(twice.Message);
        }

        // Restores the default for the other parts of the tour.
        Mp.SetStartMethod(null, force: true);
    }

    private static void Foo(SharedQueue<string> queue, int parent) =>
        queue.Put(Environment.ProcessId == parent ? "hello from a thread" : "hello from a process");
}
