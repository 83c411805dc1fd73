using System.Globalization;
using System.Runtime.CompilerServices;

namespace Multiproc;

/// <summary>
/// How long a call may wait: for ever, not at all, or for some time. Every timeout given by a user is converted to this type where it enters the library, so
/// that no other code has to know what a null or a negative <see cref="TimeSpan"/> means. See docs/decisions/041.
/// </summary>
internal readonly record struct WaitTimeout
{
    private const long Endless = long.MaxValue;

    private readonly long _ticks;

    private WaitTimeout(long ticks) => _ticks = ticks;

    /// <summary>Does not wait; the default of this type.</summary>
    public static WaitTimeout Zero => default;

    public static WaitTimeout Infinite => new(Endless);

    public bool IsInfinite => _ticks == Endless;

    /// <summary>Whether the call may wait at all; if not, it takes only what is already there.</summary>
    public bool MayWait => _ticks != 0;

    /// <summary>The longest wait, never negative; null for ever.</summary>
    public TimeSpan? Limit => IsInfinite ? null : new TimeSpan(_ticks);

    /// <summary>The timeout in ticks of 100 ns, never negative; the largest number means for ever.</summary>
    public long Ticks => _ticks;

    /// <summary>
    /// The timeout in milliseconds, for waits of .NET and the system: -1 means for ever. Rounded up, so that no wait ends early, and capped at their maximum
    /// (24 days).
    /// </summary>
    public int Milliseconds =>
        IsInfinite
            ? Timeout.Infinite
            : (int)Math.Min(int.MaxValue - 1, (_ticks / TimeSpan.TicksPerMillisecond) + (_ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1));

    /// <summary>
    /// The rule for users' timeouts: null and <see cref="Timeout.InfiniteTimeSpan"/> wait for ever, zero and other negative ones do not wait.
    /// </summary>
    public static implicit operator WaitTimeout(TimeSpan? timeout) => timeout switch
    {
        null => Infinite,
        { } some when some == Timeout.InfiniteTimeSpan => Infinite,
        { Ticks: var ticks } => new WaitTimeout(Math.Max(0, ticks)),
    };

    /// <summary>Converts ticks that were received; a negative number becomes zero.</summary>
    public static WaitTimeout OfTicks(long ticks) => new(Math.Max(0, ticks));

    /// <summary>Gets the rest of the timeout after some time has passed; "for ever" is unchanged.</summary>
    public WaitTimeout Less(TimeSpan passed) => IsInfinite ? this : new WaitTimeout(Math.Max(0, _ticks - Math.Max(0, passed.Ticks)));

    /// <summary>Adds another timeout; for ever if either of them is.</summary>
    public WaitTimeout Plus(WaitTimeout more) => _ticks > Endless - more._ticks ? Infinite : new WaitTimeout(_ticks + more._ticks);

    /// <summary>Whether the timeout is over after the elapsed time.</summary>
    public bool IsOver(TimeSpan elapsed) => !IsInfinite && elapsed.Ticks >= _ticks;

    /// <summary>Validates an option: zero or more, or for ever. Unlike in calls ported from Python, a negative time is an error.</summary>
    public static void RequireTime(TimeSpan time, [CallerArgumentExpression(nameof(time))] string? name = null)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, "The time is negative: set zero or more, or Timeout.InfiniteTimeSpan for no limit.");
        }
    }

    /// <summary>Validates an option: more than zero, or for ever.</summary>
    public static void RequireSomeTime(TimeSpan time, [CallerArgumentExpression(nameof(time))] string? name = null)
    {
        if (time <= TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, "The time is not positive: set more than zero, or Timeout.InfiniteTimeSpan for no limit.");
        }
    }

    /// <summary>Formats the timeout for messages.</summary>
    /// <returns>For example "1.5 s", or "for ever".</returns>
    public override string ToString() =>
        IsInfinite ? "for ever" : string.Create(CultureInfo.InvariantCulture, $"{TimeSpan.FromTicks(_ticks).TotalSeconds:0.###} s");
}
