using System.Diagnostics;

namespace Multiproc.Transport;

/// <summary>The end of a wait, on the monotonic clock.</summary>
internal readonly struct Deadline
{
    public static readonly Deadline Never = new(long.MaxValue);

    /// <summary>The deadline of a check without a wait.</summary>
    public static readonly Deadline Passed = new(0);

    /// <summary>The longest single wait requested of the system; the woken thread checks the deadline again.</summary>
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromSeconds(1_000_000);

    private readonly long _end;

    private Deadline(long end) => _end = end;

    public bool IsNever => _end == long.MaxValue;

    public bool HasPassed => !IsNever && (_end == 0 || Stopwatch.GetTimestamp() >= _end);

    /// <summary>The remaining time for futexes and slots; null waits indefinitely.</summary>
    public TimeSpan? Remaining => IsNever ? null : TimeSpan.FromTicks(Math.Clamp(Left.Ticks, 0, s_longestSleep.Ticks));

    /// <summary>The remaining time for poll(2); -1 waits indefinitely. Rounded up, so that no thread wakes before the time.</summary>
    public int RemainingMilliseconds => IsNever ? Timeout.Infinite : (int)Math.Clamp(Math.Ceiling(Left.TotalMilliseconds), 0, int.MaxValue - 1);

    /// <summary>The remaining time for tasks and semaphores, whose wait ends then; rounded up, too.</summary>
    public TimeSpan RemainingOrInfinite => TimeSpan.FromMilliseconds(RemainingMilliseconds);

    private TimeSpan Left => _end == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _end);

    /// <summary>Returns the deadline of a wait that begins now.</summary>
    public static Deadline In(WaitTimeout timeout) => timeout switch
    {
        { MayWait: false } => Passed,
        { Ticks: > 10_000 * TimeSpan.TicksPerDay } => Never,
        { Ticks: var ticks } => new Deadline(Stopwatch.GetTimestamp() + (long)(ticks / (double)TimeSpan.TicksPerSecond * Stopwatch.Frequency)),
    };

    /// <summary>The remaining time, but at most <paramref name="most"/>; null waits indefinitely.</summary>
    public TimeSpan? RemainingAtMost(TimeSpan? most) => Remaining is not { } left || most < left ? most : left;

    /// <summary>Returns the earlier of this deadline and a time from now.</summary>
    public Deadline OrIn(TimeSpan time)
    {
        var other = In(time);
        return other._end < _end ? other : this;
    }
}
