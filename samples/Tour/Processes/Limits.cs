// After "Process" in the documentation of Python's multiprocessing, which has no options for this: there a target calls resource.setrlimit,
// os.sched_setaffinity and os.chdir itself.
using Multiproc;

namespace Tour.Processes;

[Part(9, "Limits, processors, environment and folder of a process")]
internal static class Limits
{
    public static void Run()
    {
        var options = new ProcessOptions
        {
            MemoryLimit = 64L << 20,
            Affinity = [0],
            Environment = new Dictionary<string, string?> { ["GREETING"] = "hello" },
            WorkingDirectory = "/",
        };
        using var process = Mp.Process(Look, name: "the limited one", options: options);
        process.Start();
        process.Join();
        Console.WriteLine($"{process.Name} ended with {process.ExitCode}");
    }

    private static void Look()
    {
        Console.WriteLine($"processors: {Mp.UsableCpuCount()}");
        Console.WriteLine($"environment: {Environment.GetEnvironmentVariable("GREETING")}");
        Console.WriteLine($"folder: {Environment.CurrentDirectory}");
        Console.WriteLine($"1 GB of memory: {(CanHave(1000) ? "granted" : "refused")}");
    }

    private static bool CanHave(int megabytes)
    {
        try
        {
            var kept = Enumerable.Range(0, megabytes).Select(static _ => new byte[1 << 20]).ToList();
            return kept.Count == megabytes;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }
}
