using System.Globalization;

namespace Multiproc.Pool;

/// <summary>What is known about the memory of a dead worker, and whether it died for lack of it.</summary>
internal sealed record MemoryAtDeath(long? Bytes, bool RanOut, string Sentence)
{
    /// <summary>The exit code after SIGKILL, the signal of the system's out-of-memory killer.</summary>
    private const int Killed = -9;

    private const string SystemCounters = "/proc/vmstat";
    private const string KillsCounter = "oom_kill ";
    private const string RuntimesWord = "Out of memory.";

    private static long s_killsSeen = -1;

    /// <summary>Remembers the system's count of out-of-memory kills so far, once.</summary>
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
        string used = bytes is { } seen ? $" It used {InMegabytes(seen)} of memory at the last check." : "";
        if (limitExceeded is { } limit)
        {
            return new(bytes, true, $"{used} The pool killed it for exceeding its limit of {InMegabytes(limit)} "
                + $"(PoolOptions.{nameof(PoolOptions.HardMaxMemoryPerWorker)}).");
        }

        if (killedBySystem)
        {
            return new(bytes, true, $"{used} It ran out of memory: the system killed a process to reclaim some. Use fewer workers, or give each less work at "
                + "once.");
        }

        if (stderr.Contains(RuntimesWord, StringComparison.Ordinal))
        {
            return new(bytes, true, $"{used} It ran out of memory.");
        }

        return new(bytes, false, exitCode == Killed ? $"{used} It was killed neither by this pool nor, as far as is known, by the system for lack of "
            + "memory." : used);
    }

    /// <summary>Whether the system has killed a process for lack of memory since the last call.</summary>
    private static bool SystemKilledMore() =>
        SystemKills() is { } now && Interlocked.Exchange(ref s_killsSeen, now) is var before && before >= 0 && now > before;

    private static long? SystemKills()
    {
        try
        {
            string? line = File.Exists(SystemCounters)
                ? File.ReadLines(SystemCounters).FirstOrDefault(static each => each.StartsWith(KillsCounter, StringComparison.Ordinal))
                : null;
            return line is null ? null : long.Parse(line.AsSpan(KillsCounter.Length), CultureInfo.InvariantCulture);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            // The message about the death then lacks this hint.
            return null;
        }
    }

    private static string InMegabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
