using System.Diagnostics;
using Multiproc.States;

namespace Multiproc.Transport;

/// <summary>The end of a wait, on the monotonic clock.</summary>
internal readonly struct Deadline
{
    public static readonly Deadline Never = new(long.MaxValue);

    /// <summary>For a look without a wait.</summary>
    public static readonly Deadline Passed = new(0);

    /// <summary>No wait inside the system is asked to be longer: whoever it wakes looks at the deadline again.</summary>
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromSeconds(1_000_000);

    private readonly long _end;

    private Deadline(long end) => _end = end;

    public bool IsNever => _end == long.MaxValue;

    public bool HasPassed => !IsNever && (_end == 0 || Stopwatch.GetTimestamp() >= _end);

    /// <summary>For futexes and slots: null for ever.</summary>
    public TimeSpan? Remaining => IsNever ? null : TimeSpan.FromTicks(Math.Clamp(Left.Ticks, 0, s_longestSleep.Ticks));

    /// <summary>For poll(2): -1 for ever; rounded up, so that nobody wakes before the time.</summary>
    public int RemainingMilliseconds => IsNever ? Timeout.Infinite : (int)Math.Clamp(Math.Ceiling(Left.TotalMilliseconds), 0, int.MaxValue - 1);

    /// <summary>For tasks and semaphores, which give up at the end: rounded up, too.</summary>
    public TimeSpan RemainingOrInfinite => TimeSpan.FromMilliseconds(RemainingMilliseconds);

    private TimeSpan Left => _end == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _end);

    /// <summary>The end of a wait that begins now.</summary>
    public static Deadline In(WaitTimeout timeout) => timeout switch
    {
        { MayWait: false } => Passed,
        { Ticks: > 10_000 * TimeSpan.TicksPerDay } => Never,
        { Ticks: var ticks } => new Deadline(Stopwatch.GetTimestamp() + (long)(ticks / (double)TimeSpan.TicksPerSecond * Stopwatch.Frequency)),
    };

    /// <summary>What remains, but never more than <paramref name="most"/>; null for ever.</summary>
    public TimeSpan? RemainingAtMost(TimeSpan? most) => Remaining is not { } left || most < left ? most : left;

    /// <summary>The earlier one: this, or a time from now.</summary>
    public Deadline OrIn(TimeSpan time)
    {
        var other = In(time);
        return other._end < _end ? other : this;
    }
}
