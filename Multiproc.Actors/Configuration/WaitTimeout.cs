using System.Globalization;
using System.Runtime.CompilerServices;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// How long a call may wait: for ever, not at all, or for some time. Every timeout that a user gives becomes one where it enters the library, so that no code behind
/// it has to know what a null or a negative <see cref="TimeSpan"/> means. See docs/decisions/041.
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

    /// <summary>Whether the call may wait at all; if not, it takes what is there already.</summary>
    public bool MayWait => _ticks != 0;

    /// <summary>What is waited at most, never negative; null for ever.</summary>
    public TimeSpan? Limit => IsInfinite ? null : new TimeSpan(_ticks);

    /// <summary>In ticks of 100 ns, never negative; the largest number for ever.</summary>
    public long Ticks => _ticks;

    /// <summary>For waits of .NET and the system that count milliseconds: -1 for ever; rounded up, so that none ends before its time, and cut where they end (24 days).</summary>
    public int Milliseconds => IsInfinite ? Timeout.Infinite : (int)Math.Min(int.MaxValue - 1, (_ticks / TimeSpan.TicksPerMillisecond) + (_ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1));

    /// <summary>The rule for users' timeouts: null and <see cref="Timeout.InfiniteTimeSpan"/> wait for ever, zero and other negative ones do not wait.</summary>
    public static implicit operator WaitTimeout(TimeSpan? timeout) => timeout switch
    {
        null => Infinite,
        { } some when some == Timeout.InfiniteTimeSpan => Infinite,
        { Ticks: var ticks } => new WaitTimeout(Math.Max(0, ticks)),
    };

    /// <summary>For what travelled: never negative.</summary>
    public static WaitTimeout OfTicks(long ticks) => new(Math.Max(0, ticks));

    /// <summary>What is left of it after some time; for ever stays for ever.</summary>
    public WaitTimeout Less(TimeSpan passed) => IsInfinite ? this : new WaitTimeout(Math.Max(0, _ticks - Math.Max(0, passed.Ticks)));

    /// <summary>This and then another one; for ever if one of them is.</summary>
    public WaitTimeout Plus(WaitTimeout more) => _ticks > Endless - more._ticks ? Infinite : new WaitTimeout(_ticks + more._ticks);

    /// <summary>Whether it has ended so long after its beginning.</summary>
    public bool IsOver(TimeSpan elapsed) => !IsInfinite && elapsed.Ticks >= _ticks;

    /// <summary>For options: zero or more, or for ever. Those are not calls that somebody ported: a negative one is a mistake.</summary>
    public static void RequireTime(TimeSpan time, [CallerArgumentExpression(nameof(time))] string? name = null)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, "A negative time: give zero or more, or Timeout.InfiniteTimeSpan for no limit.");
        }
    }

    /// <summary>For options: more than zero, or for ever.</summary>
    public static void RequireSomeTime(TimeSpan time, [CallerArgumentExpression(nameof(time))] string? name = null)
    {
        if (time <= TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, "No time at all: give more than zero, or Timeout.InfiniteTimeSpan for no limit.");
        }
    }

    /// <summary>For messages.</summary>
    /// <returns>For example "1.5 s", or "for ever".</returns>
    public override string ToString() =>
        IsInfinite ? "for ever" : string.Create(CultureInfo.InvariantCulture, $"{TimeSpan.FromTicks(_ticks).TotalSeconds:0.###} s");
}
