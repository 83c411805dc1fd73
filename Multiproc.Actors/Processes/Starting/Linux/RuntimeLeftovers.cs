namespace Multiproc.Processes.Linux;

/// <summary>
/// Removes files that the runtime creates for debuggers and diagnostics in every process. It removes them itself at an orderly end, but not if the process is
/// killed or ends by <see cref="QuickExit"/>; a program that kills often would leave thousands.
/// </summary>
internal static class RuntimeLeftovers
{
    private const int StartTimeField = 19; // Counted after the name, which is in parentheses.

    /// <summary>Gets the key from which the file names are built. Must be called before the process is reaped.</summary>
    public static string? Key(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return $"{pid}-{stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeField]}";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null; // Other code has reaped it, or no descriptor is free.
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
            // The folder is not a folder, is read-only or is gone, so nothing was created there or nothing can be removed.
        }
    }
}
