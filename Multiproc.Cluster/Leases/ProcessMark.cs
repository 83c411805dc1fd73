using System.Globalization;

namespace Multiproc.Cluster.Leases;

/// <summary>
/// Names a process so that others of the same kernel and user, who may see each other, can tell whether it is dead: by what they see themselves, not by its
/// silence. The children of a dead process are killed by the kernel at the same moment.
/// </summary>
internal static class ProcessMark
{
    private static string Surroundings { get; } = OperatingSystem.IsLinux()
        ? $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{new FileInfo("/proc/self/ns/pid").LinkTarget}/{Environment.UserName}" : "";

    /// <summary>Of this process; empty where nobody could tell.</summary>
    public static string Own { get; } = OperatingSystem.IsLinux() ? $"{Surroundings}/{Environment.ProcessId}/{StartOf(Environment.ProcessId)}" : "";

    /// <summary>Whether a process is known to be dead. False whenever that cannot be told.</summary>
    public static bool IsDead(string mark)
    {
        if (!OperatingSystem.IsLinux() || mark.Split('/') is not [.. var surroundings, var pid, var start] || string.Join('/', surroundings) != Surroundings)
        {
            return false;
        }

        return StartOf(int.Parse(pid, CultureInfo.InvariantCulture)) is { } found && found != start;
    }

    /// <summary>
    /// When a process began, in ticks of its kernel; empty when there is none, or when it has ended and waits for its parent; null when that cannot be seen
    /// now.
    /// </summary>
    private static string? StartOf(int pid)
    {
        try
        {
            // The name, in parentheses, may have spaces and parentheses of its own.
            string text = File.ReadAllText($"/proc/{pid}/stat");
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? "" : fields[19];
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return "";
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            // It ends just now, perhaps.
            return null;
        }
    }
}
