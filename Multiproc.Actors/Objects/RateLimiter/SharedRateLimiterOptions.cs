using System.Threading.RateLimiting;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>Options of a <see cref="SharedRateLimiter"/>. Their names and meanings are those of <see cref="TokenBucketRateLimiterOptions"/>.</summary>
/// <example>
/// <code>
/// // 100 calls a second on average, and up to 20 at once.
/// var options = new SharedRateLimiterOptions { TokenLimit = 20, TokensPerPeriod = 10, ReplenishmentPeriod = TimeSpan.FromMilliseconds(100) };
/// </code>
/// </example>
public sealed record SharedRateLimiterOptions
{
    /// <summary>The most permits that there can be at a time, and the number at first; at least 1; default 1.</summary>
    public int TokenLimit { get; init; } = 1;

    /// <summary>The permits that are added at the end of each period; at least 1; default 1. Those beyond <see cref="TokenLimit"/> are lost.</summary>
    public int TokensPerPeriod { get; init; } = 1;

    /// <summary>
    /// The time between two replenishments; more than zero; default one second. A period begins when the first permit of a full bucket is acquired.
    /// <see cref="Timeout.InfiniteTimeSpan"/> adds none: there are <see cref="TokenLimit"/> permits for good.
    /// </summary>
    public TimeSpan ReplenishmentPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most permits that callers can wait for together; zero or more. Calls beyond that fail at once. The default has no limit, unlike that of .NET, where
    /// nobody waits unless told to: here a call that is not to wait has a timeout of zero.
    /// </summary>
    public int QueueLimit { get; init; } = int.MaxValue;

    /// <summary>
    /// Which waiting caller is served first; default <see cref="QueueProcessingOrder.OldestFirst"/>. Where the newest is first and the queue is full, the
    /// oldest callers fail to make room for it.
    /// </summary>
    public QueueProcessingOrder QueueOrder { get; init; } = QueueProcessingOrder.OldestFirst;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(TokenLimit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(TokensPerPeriod);
        WaitTimeout.RequireSomeTime(ReplenishmentPeriod);
        ArgumentOutOfRangeException.ThrowIfNegative(QueueLimit);
        if (QueueOrder is not (QueueProcessingOrder.OldestFirst or QueueProcessingOrder.NewestFirst))
        {
            throw new ArgumentOutOfRangeException(nameof(QueueOrder), QueueOrder, "There is no such order: use OldestFirst or NewestFirst.");
        }
    }

    internal Payload Pack()
    {
        using var writer = new WireWriter(32);
        writer.VarUInt((uint)TokenLimit);
        writer.VarUInt((uint)TokensPerPeriod);
        writer.Timeout(ReplenishmentPeriod);
        writer.VarUInt((uint)QueueLimit);
        writer.Byte((byte)QueueOrder);
        return new Payload(writer.ToArray());
    }

    /// <exception cref="SerializationException">What was sent is no options.</exception>
    internal static SharedRateLimiterOptions Unpack(Payload packed)
    {
        var reader = new WireReader(packed.Bytes.Span);
        var options = new SharedRateLimiterOptions
        {
            TokenLimit = reader.Natural(),
            TokensPerPeriod = reader.Natural(),
            ReplenishmentPeriod = reader.Timeout().Limit ?? Timeout.InfiniteTimeSpan,
            QueueLimit = reader.Natural(),
            QueueOrder = (QueueProcessingOrder)reader.Byte(),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentOutOfRangeException wrong)
        {
            throw new SerializationException($"Malformed options of a rate limiter: {wrong.Message}", wrong);
        }

        return options;
    }
}
