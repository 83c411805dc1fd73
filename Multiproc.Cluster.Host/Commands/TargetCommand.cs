using Multiproc.Diagnostics.Targets;

namespace Multiproc.Cluster.Host.Commands;

/// <summary>Runs a command on one process, and tells by the exit code why it could not.</summary>
internal static class TargetCommand
{
    private const int Failed = 1;

    public static async Task<int> RunAsync(int pid, Func<TargetProcess, Task> command)
    {
        try
        {
            await command(TargetProcess.Find(pid)).ConfigureAwait(false);
            return 0;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"multiproc-host: {failure.Message}").ConfigureAwait(false);
            return (failure as TargetException)?.ExitCode ?? Failed;
        }
    }
}
