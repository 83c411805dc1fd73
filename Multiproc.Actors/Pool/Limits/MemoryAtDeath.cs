using System.Globalization;

namespace Multiproc.Pool;

/// <summary>What is known of a dead worker's memory, and whether it died of it.</summary>
internal sealed record MemoryAtDeath(long? Bytes, bool RanOut, string Sentence)
{
    /// <summary>SIGKILL is what the system's out-of-memory killer sends.</summary>
    private const int Killed = -9;

    private const string SystemCounters = "/proc/vmstat";
    private const string KillsCounter = "oom_kill ";
    private const string RuntimesWord = "Out of memory.";

    private static long s_killsSeen = -1;

    /// <summary>Remembers what the system has counted until now, once.</summary>
    public static void Prepare()
    {
        if (Interlocked.Read(ref s_killsSeen) < 0)
        {
            Interlocked.CompareExchange(ref s_killsSeen, SystemKills() ?? 0, -1);
        }
    }

    public static MemoryAtDeath Of(PoolMember member, long limit)
    {
        int code = member.Process.Exited.Result;
        bool killedBySystem = code == Killed && !member.IsOverMemory && SystemKilledMore();
        return Of(code, Interlocked.Read(ref member.Memory), member.IsOverMemory ? limit : null, killedBySystem, member.Process.StderrTail());
    }

    internal static MemoryAtDeath Of(int exitCode, long lastSeen, long? limitExceeded, bool killedBySystem, string stderr)
    {
        long? bytes = lastSeen > 0 ? lastSeen : null;
        string used = bytes is { } seen ? $" It used {InMegabytes(seen)} of memory when it was looked at last." : "";
        if (limitExceeded is { } limit)
        {
            return new(bytes, true, $"{used} It was killed for that: more than {InMegabytes(limit)} is not allowed (PoolOptions.{nameof(PoolOptions.HardMaxMemoryPerWorker)}).");
        }

        if (killedBySystem)
        {
            return new(bytes, true, $"{used} It was out of memory: the system killed a process to get some back. Use fewer workers, or give each less to do at once.");
        }

        if (stderr.Contains(RuntimesWord, StringComparison.Ordinal))
        {
            return new(bytes, true, $"{used} It was out of memory.");
        }

        return new(bytes, false, exitCode == Killed ? $"{used} It was not killed by this pool, nor by the system for want of memory as far as that can be seen." : used);
    }

    /// <summary>True when the system has killed for want of memory since this was asked last.</summary>
    private static bool SystemKilledMore() => SystemKills() is { } now && Interlocked.Exchange(ref s_killsSeen, now) is var before && before >= 0 && now > before;

    private static long? SystemKills()
    {
        try
        {
            string? line = File.Exists(SystemCounters) ? File.ReadLines(SystemCounters).FirstOrDefault(static each => each.StartsWith(KillsCounter, StringComparison.Ordinal)) : null;
            return line is null ? null : long.Parse(line.AsSpan(KillsCounter.Length), CultureInfo.InvariantCulture);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            // A hint less in a message about something else.
            return null;
        }
    }

    private static string InMegabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
