namespace Multiproc.Transport.Linux;

/// <summary>What the system says of another process.</summary>
internal static class OtherProcess
{
    /// <summary>Whether a process is stopped, by a signal or a debugger. False where the system does not tell.</summary>
    public static bool IsStopped(int pid)
    {
        if (pid <= 0 || !OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            // The name in parentheses may have any character: what follows the last one is the state.
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            int end = stat.LastIndexOf(')');
            return end >= 0 && end + 2 < stat.Length && stat[end + 2] is 'T' or 't';
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is not ours to look at: then its silence must do.
            return false;
        }
    }
}
