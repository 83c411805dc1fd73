namespace Multiproc.Serialization.Pickle;

/// <summary>The limits of a pickle, besides those that its own size imposes. See docs/pickle.md.</summary>
internal sealed record PickleLimits
{
    public static PickleLimits Default { get; } = new();

    /// <summary>The maximum nesting depth of values, read or written: deeper ones would overflow the stack of code that walks them.</summary>
    public int MaxDepth { get; init; } = 1000;

    /// <summary>The maximum number of lists, dicts, sets, tuples and exceptions: one byte of a pickle takes up to a hundred bytes of memory for them.</summary>
    public int MaxContainers { get; init; } = 20_000_000;

    /// <summary>The maximum number of memoized values.</summary>
    public int MaxMemo { get; init; } = 50_000_000;

    /// <summary>The largest int, in bytes; the limit of .NET's BigInteger is four times this.</summary>
    public int MaxIntegerBytes { get; init; } = 64 << 20;

    /// <summary>
    /// The maximum number of digits of an int written in decimal (protocols 0 and 1): parsing takes more than linear time. CPython's own limit is 4300.
    /// </summary>
    public int MaxIntegerDigits { get; init; } = 10_000;

    /// <summary>
    /// The budget for work that is not proportional to the pickle's size, such as hashing one shared tuple again and again: this much, and 16 for each byte.
    /// </summary>
    public long FreeWork { get; init; } = 16 << 20;
}
