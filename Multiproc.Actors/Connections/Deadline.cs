using System.Diagnostics;

namespace Multiproc.Connections;

/// <summary>The end of a wait: null waits for ever, zero or less does not wait.</summary>
internal readonly struct Deadline
{
    public static readonly Deadline Never = new(null);

    private readonly long _end;

    public Deadline(TimeSpan? timeout)
    {
        _end = timeout switch
        {
            null => long.MaxValue,
            { Ticks: <= 0 } => 0,
            { TotalDays: > 10_000 } => long.MaxValue,
            { } some => Stopwatch.GetTimestamp() + (long)(some.TotalSeconds * Stopwatch.Frequency),
        };
    }

    public bool IsNever => _end == long.MaxValue;

    public bool IsOver => !IsNever && (_end == 0 || Stopwatch.GetTimestamp() >= _end);

    /// <summary>For poll(2): -1 for ever; rounded up, so that nobody wakes before the time.</summary>
    public int Milliseconds =>
        IsNever ? -1 : _end == 0 ? 0 : (int)Math.Clamp(Math.Ceiling((_end - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency), 0, int.MaxValue - 1);

    /// <summary>For tasks and semaphores.</summary>
    public TimeSpan Remaining => IsNever ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Milliseconds);

    /// <summary>For a futex: null for ever, and never more than <paramref name="most"/>.</summary>
    public TimeSpan? Left(TimeSpan? most)
    {
        if (IsNever)
        {
            return most;
        }

        var left = TimeSpan.FromSeconds(Math.Max(0, (_end - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency));
        return most < left ? most : left;
    }

    /// <summary>The earlier one: this, or a time from now.</summary>
    public Deadline OrIn(TimeSpan time)
    {
        var other = new Deadline(time);
        return other._end < _end ? other : this;
    }
}
