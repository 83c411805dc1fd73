// After "Logging" in the documentation of Python's multiprocessing:
//     logger = multiprocessing.log_to_stderr(); logger.setLevel(multiprocessing.SUBDEBUG); logger.warning('doomed')
using Microsoft.Extensions.Logging;
using Multiproc;

namespace Tour.Processes;

[Part(10, "Logging to stderr")]
internal static class Logging
{
    public static void Run()
    {
        Console.WriteLine($"at first the log is on: {Mp.GetLogger().IsEnabled(LogLevel.Critical)}");
        var logger = Mp.LogToStderr(LogLevel.Information);
        logger.LogWarning("doomed");

        // The records of a child arrive in its parent whole and in order; all have arrived when Join returns.
        using var process = Mp.Process(Work, 2, name: "worker");
        process.Start();
        process.Join();
        logger.LogInformation("joined");

        // Mp.LogTo sends all records to an ILogger of the program instead.
        Mp.LogToStderr(LogLevel.None);
    }

    private static void Work(int steps)
    {
        var logger = Mp.GetLogger();
        for (int i = 1; i <= steps; i++)
        {
            logger.LogInformation("step {Step}", i);
            logger.LogDebug("nobody sees this");
        }
    }
}
