using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiproc.Torture.Faults;

/// <summary>Signals to processes of this program, and what the kernel says of them. Linux only.</summary>
internal static partial class Signals
{
    public const int Abort = 6;
    public const int Kill = 9;
    public const int User1 = 10;
    public const int User2 = 12;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>The kernel's mark of a process that has begun to exit.</summary>
    private const long Exiting = 0x4;

    /// <summary>Sends a signal to a process if it is a child of this one: a number may belong to another process by now.</summary>
    /// <returns>Whether it was sent.</returns>
    public static bool Send(int pid, int signal) => Parent(pid) == Environment.ProcessId && kill(pid, signal) == 0;

    /// <summary>Ends this process without any further code.</summary>
    public static void EndSelf() => _ = kill(Environment.ProcessId, Kill);

    /// <summary>
    /// Whether a process has begun to exit, or is gone. What it held may have been taken back, but never before this is true: its descriptors are closed later.
    /// </summary>
    public static bool IsLeaving(int pid) =>
        Fields(pid) is not { } fields || fields[0] is "Z" or "X" || (long.Parse(fields[6], CultureInfo.InvariantCulture) & Exiting) != 0;

    /// <summary>Whether a process is stopped.</summary>
    public static bool IsStopped(int pid) => Fields(pid) is ["T" or "t", ..];

    private static int Parent(int pid) => Fields(pid) is { } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : -1;

    /// <summary>The fields of the process's status after its name, which may have spaces: state, parent, group, session, terminal, its group, flags.</summary>
    private static string[]? Fields(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
