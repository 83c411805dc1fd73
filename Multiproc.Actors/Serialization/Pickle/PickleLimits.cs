namespace Multiproc.Serialization.Pickle;

/// <summary>What a pickle may ask for, beside what its own size already bounds. See docs/pickle.md.</summary>
internal sealed record PickleLimits
{
    public static PickleLimits Default { get; } = new();

    /// <summary>How deep values may lie in one another, read or written: deeper ones would overflow the stack of whoever walks them.</summary>
    public int MaxDepth { get; init; } = 1000;

    /// <summary>How many lists, dicts, sets, tuples and exceptions: one byte of a pickle makes up to a hundred of them in memory.</summary>
    public int MaxContainers { get; init; } = 20_000_000;

    /// <summary>How many values may be memoised.</summary>
    public int MaxMemo { get; init; } = 50_000_000;

    /// <summary>The largest int, in bytes: .NET's BigInteger ends at four times this.</summary>
    public int MaxIntegerBytes { get; init; } = 64 << 20;

    /// <summary>The longest int written out in digits (protocols 0 and 1): reading digits takes more than linear time. CPython's own limit is 4300.</summary>
    public int MaxIntegerDigits { get; init; } = 10_000;

    /// <summary>Work that no byte of the pickle stands for, as hashing one shared tuple again and again: this much and 16 for each byte.</summary>
    public long FreeWork { get; init; } = 16 << 20;
}
