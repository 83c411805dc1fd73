using System.Diagnostics;

namespace Multiproc.Transport;

/// <summary>The end of a wait, on the monotonic clock.</summary>
internal readonly struct Deadline
{
    private readonly long _end;

    private Deadline(long end) => _end = end;

    public bool HasPassed => _end != long.MaxValue && Stopwatch.GetTimestamp() >= _end;

    /// <summary>Null: for ever.</summary>
    public TimeSpan? Remaining => _end == long.MaxValue
        ? null
        : TimeSpan.FromTicks(Math.Clamp(_end - Stopwatch.GetTimestamp(), 0, Stopwatch.Frequency * 1_000_000) / (Stopwatch.Frequency / TimeSpan.TicksPerSecond));

    public static Deadline In(TimeSpan? timeout) => timeout switch
    {
        null => new Deadline(long.MaxValue),
        { Ticks: <= 0 } => new Deadline(0),
        { TotalDays: > 10_000 } => new Deadline(long.MaxValue),
        { } limited => new Deadline(Stopwatch.GetTimestamp() + (long)(limited.TotalSeconds * Stopwatch.Frequency)),
    };
}
