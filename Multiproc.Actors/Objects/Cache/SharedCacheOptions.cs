using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>Options of a <see cref="SharedCache{TKey, TValue}"/>: how much is kept, and for how long.</summary>
/// <example>
/// <code>
/// using var pages = Mp.Cache&lt;string, byte[]&gt;(new SharedCacheOptions { MaxCount = 1000, AbsoluteExpiration = TimeSpan.FromMinutes(5) });
/// </code>
/// </example>
public sealed record SharedCacheOptions
{
    /// <summary>The most entries; at least 1; default 10,000. When there are more, those that were not used for the longest time are evicted.</summary>
    public int MaxCount { get; init; } = 10_000;

    /// <summary>The most bytes of all serialized keys and values together; at least 1; by default there is no limit.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>How long an entry is kept after it was set; more than zero; default <see cref="Timeout.InfiniteTimeSpan"/>, for ever.</summary>
    public TimeSpan AbsoluteExpiration { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long an entry is kept after it was last read or set; more than zero; default <see cref="Timeout.InfiniteTimeSpan"/>, for ever.</summary>
    public TimeSpan SlidingExpiration { get; init; } = Timeout.InfiniteTimeSpan;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxBytes);
        WaitTimeout.RequireSomeTime(AbsoluteExpiration);
        WaitTimeout.RequireSomeTime(SlidingExpiration);
    }

    internal Payload Pack()
    {
        using var writer = new WireWriter(32);
        writer.VarUInt((uint)MaxCount);
        writer.VarUInt((ulong)MaxBytes);
        writer.Timeout(AbsoluteExpiration);
        writer.Timeout(SlidingExpiration);
        return new Payload(writer.ToArray());
    }

    /// <exception cref="SerializationException">What was sent is no options.</exception>
    internal static SharedCacheOptions Unpack(Payload packed)
    {
        var reader = new WireReader(packed.Bytes.Span);
        var options = new SharedCacheOptions
        {
            MaxCount = reader.Natural(),
            MaxBytes = (long)reader.VarUInt(),
            AbsoluteExpiration = reader.Timeout().Limit ?? Timeout.InfiniteTimeSpan,
            SlidingExpiration = reader.Timeout().Limit ?? Timeout.InfiniteTimeSpan,
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentOutOfRangeException wrong)
        {
            throw new SerializationException($"Malformed options of a cache: {wrong.Message}", wrong);
        }

        return options;
    }
}
