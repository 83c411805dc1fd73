using System.Globalization;

namespace Multiproc.SharedMemory.Linux;

/// <summary>
/// Whether the system can have so much memory at all. Reserving pages of a memory file knows no limit: it takes all that there is, and
/// then some process is killed.
/// </summary>
internal static class FreeMemory
{
    private const long TooSmallToAsk = 16 * 1024 * 1024;
    private const string Available = "MemAvailable:";

    public static bool MayHave(long size) => size < TooSmallToAsk || size <= Math.Min(OfSystem(), LimitOfGroup());

    private static long OfSystem()
    {
        foreach (string line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith(Available, StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(Available.Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
            }
        }

        return long.MaxValue;
    }

    /// <summary>The limit of this container, as the runtime found it.</summary>
    private static long LimitOfGroup() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var limit ? limit : long.MaxValue;
}
