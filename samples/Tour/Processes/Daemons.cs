// After "Process.daemon" in the documentation of Python's multiprocessing:
//     When a process exits, it attempts to terminate all of its daemonic child processes.
//     Note that a daemonic process is not allowed to create child processes.
using Multiproc;

namespace Tour.Processes;

[Part(5, "Daemons end with their parent, others are waited for")]
internal static class Daemons
{
    public static void Run()
    {
        using var parent = Mp.Process(HaveChildren);
        parent.Start();
        parent.Join();
        Console.WriteLine($"the parent ended with {parent.ExitCode}, so its daemon has ended too");

        using var daemon = Mp.Process(TryToHaveAChild, name: "the daemon", daemon: true);
        daemon.Start();
        daemon.Join();
    }

    private static void HaveChildren()
    {
        Mp.Process(WaitForEver, daemon: true).Start();
        Mp.Process(static () => Console.WriteLine("a child that nobody joined was waited for")).Start();
    }

    private static void WaitForEver() => new ManualResetEvent(initialState: false).WaitOne();

    private static void TryToHaveAChild()
    {
        try
        {
            Mp.Process(static () => { }).Start();
        }
        catch (InvalidOperationException refused)
        {
            Console.WriteLine(refused.Message);
        }
    }
}
