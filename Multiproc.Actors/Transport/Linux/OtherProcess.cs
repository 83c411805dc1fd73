namespace Multiproc.Transport.Linux;

/// <summary>Queries the state of another process.</summary>
internal static class OtherProcess
{
    /// <summary>Whether a process is stopped by a signal or a debugger. False if the system does not tell.</summary>
    public static bool IsStopped(int pid)
    {
        if (pid <= 0 || !OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            // The name in parentheses may contain any character: the state follows the last parenthesis.
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            int end = stat.LastIndexOf(')');
            return end >= 0 && end + 2 < stat.Length && stat[end + 2] is 'T' or 't';
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            // It has exited, or access is denied: then only its silence counts.
            return false;
        }
    }
}
