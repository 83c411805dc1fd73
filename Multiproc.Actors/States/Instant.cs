namespace Multiproc.States;

/// <summary>A moment of a node's monotonic clock, in ticks of 100 ns. States compare instants; they never read a clock.</summary>
internal readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    public static readonly Instant Never = new(long.MaxValue);

    public bool IsNever => Ticks == long.MaxValue;

    /// <summary>The deadline of a wait that begins now.</summary>
    public Instant After(WaitTimeout timeout) => timeout.Ticks > long.MaxValue - Ticks ? Never : new Instant(Ticks + timeout.Ticks);

    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    public static bool operator <(Instant left, Instant right) => left.Ticks < right.Ticks;

    public static bool operator >(Instant left, Instant right) => left.Ticks > right.Ticks;

    public static bool operator <=(Instant left, Instant right) => left.Ticks <= right.Ticks;

    public static bool operator >=(Instant left, Instant right) => left.Ticks >= right.Ticks;
}
