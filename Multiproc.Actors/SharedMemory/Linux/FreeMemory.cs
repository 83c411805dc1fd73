using System.Globalization;

namespace Multiproc.SharedMemory.Linux;

/// <summary>
/// Estimates whether the system has enough memory. Reserving pages of a memory file checks no limit: it takes all memory, and
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

    /// <summary>The memory limit of this container, as the runtime determined it.</summary>
    private static long LimitOfGroup() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var limit ? limit : long.MaxValue;
}
