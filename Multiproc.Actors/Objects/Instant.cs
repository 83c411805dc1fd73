namespace Multiproc.Objects;

/// <summary>A moment of a home's monotonic clock, in ticks of 100 ns. States compare instants; they never read a clock.</summary>
internal readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    public static readonly Instant Never = new(long.MaxValue);

    public bool IsNever => Ticks == long.MaxValue;

    /// <summary>The deadline of a wait: null waits for ever, zero or less does not wait.</summary>
    public Instant After(TimeSpan? timeout) => timeout switch
    {
        null => Never,
        { Ticks: <= 0 } => this,
        { Ticks: var ticks } => ticks > long.MaxValue - Ticks ? Never : new Instant(Ticks + ticks),
    };

    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    public static bool operator <(Instant left, Instant right) => left.Ticks < right.Ticks;

    public static bool operator >(Instant left, Instant right) => left.Ticks > right.Ticks;

    public static bool operator <=(Instant left, Instant right) => left.Ticks <= right.Ticks;

    public static bool operator >=(Instant left, Instant right) => left.Ticks >= right.Ticks;
}
