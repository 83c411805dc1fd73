namespace Multiproc.Processes.Linux;

/// <summary>
/// The runtime opens files for debuggers and diagnostics beside every process, and removes them when it ends in an orderly way. One that is killed, or that
/// ends by <see cref="QuickExit"/>, leaves them: thousands, in a program that kills often.
/// </summary>
internal static class RuntimeLeftovers
{
    private const int StartTimeField = 19; // Counted behind the name, which is in parentheses.

    /// <summary>What makes the names of the files: to be read while the process still stands in the table.</summary>
    public static string? Key(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return $"{pid}-{stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeField]}";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null; // Somebody else has reaped it, or no descriptor is free.
        }
    }

    public static void Remove(string key)
    {
        string folder = Path.GetTempPath();
        try
        {
            File.Delete($"{folder}dotnet-diagnostic-{key}-socket");
            File.Delete($"{folder}clr-debug-pipe-{key}-in");
            File.Delete($"{folder}clr-debug-pipe-{key}-out");
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            // The folder is no folder, read-only or gone: then the runtime could not leave anything there, or nobody can remove it.
        }
    }
}
