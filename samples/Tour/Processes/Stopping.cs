// After "Avoid terminating processes" in the programming guidelines of Python's multiprocessing. There a process that is terminated cannot clean
// up; here a target that takes a CancellationToken can.
using Multiproc;

namespace Tour.Processes;

[Part(8, "Stopping work with a CancellationToken")]
internal static class Stopping
{
    public static void Run()
    {
        using var started = Mp.Event();
        using var terminated = Mp.Process(CleanUp, started);
        Start(terminated, started);
        terminated.Terminate();
        terminated.Join();
        Console.WriteLine($"terminated: {terminated.ExitCode}");

        using var interrupted = Mp.Process(GoOn, started);
        Start(interrupted, started);
        interrupted.Interrupt();
        interrupted.Join();
        Console.WriteLine($"interrupted: {interrupted.ExitCode}");

        using var deaf = Mp.Process(Ignore, started, options: new ProcessOptions { TerminationGrace = TimeSpan.FromMilliseconds(100) });
        Start(deaf, started);
        deaf.Terminate();
        deaf.Join();
        Console.WriteLine($"terminated, killed after the grace: {deaf.ExitCode}");
    }

    private static void Start(ChildProcess process, SharedEvent started)
    {
        started.Clear();
        process.Start();
        started.Wait();
    }

    private static async Task CleanUp(SharedEvent started, CancellationToken token)
    {
        try
        {
            started.Set();
            await Task.Delay(Timeout.Infinite, token);
        }
        finally
        {
            Console.WriteLine("child: cleaned up");
        }
    }

    private static void GoOn(SharedEvent started, CancellationToken token)
    {
        started.Set();
        token.WaitHandle.WaitOne();
        Console.WriteLine("child: asked to stop, and done");
    }

    private static void Ignore(SharedEvent started, CancellationToken token)
    {
        started.Set();
        new ManualResetEvent(initialState: false).WaitOne();
    }
}
