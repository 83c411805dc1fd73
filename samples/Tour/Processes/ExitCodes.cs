// After "Process.exitcode" and the example of Process methods in the documentation of Python's multiprocessing:
//     p.terminate(); print(p, p.is_alive()); p.exitcode == -signal.SIGTERM
using Multiproc;

namespace Tour.Processes;

[Part(4, "Exit codes: a return, an exception, Exit, SIGTERM, SIGKILL")]
internal static class ExitCodes
{
    public static void Run()
    {
        Show("returned", static () => { });
        Show("threw", static () => Fail());
        Show("left", static () => Environment.Exit(3));
        Show("was terminated", static () => Wait(), static process => process.Terminate());
        Show("was killed", static () => Wait(), static process => process.Kill());
    }

    private static void Show(string what, Action target, Action<ChildProcess>? end = null)
    {
        using var process = Mp.Process(target, name: $"the one that {what}");
        string before = $"{process.ExitCode?.ToString() ?? "null"} {process.IsAlive}";
        process.Start();
        end?.Invoke(process);
        process.Join();
        Console.WriteLine($"{what}: {before}, then {process.ExitCode} {process.IsAlive}");
    }

    private static void Fail() => throw new InvalidOperationException("this was to be expected");

    private static void Wait() => new ManualResetEvent(initialState: false).WaitOne();
}
