using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.RateLimiters;

/// <summary>
/// The tokens of a rate limiter. A whole number of them is added at the end of each period; a period begins when the bucket stops being full, so that no two
/// replenishments are closer than a period.
/// </summary>
internal sealed class TokenBucket(SharedRateLimiterOptions options)
{
    private readonly WaitTimeout _period = options.ReplenishmentPeriod;
    private Instant _begun;

    public int Tokens { get; private set; } = options.TokenLimit;

    /// <summary>When the next tokens come; never while the bucket is full.</summary>
    public Instant Next => Tokens == options.TokenLimit ? Instant.Never : _begun.After(_period);

    /// <summary>The tokens that there are at an instant, without adding them.</summary>
    public int At(Instant now) => (int)Math.Min(options.TokenLimit, Tokens + (PeriodsUntil(now) * options.TokensPerPeriod));

    /// <summary>Adds the tokens of the periods that are over.</summary>
    /// <returns>Whether any were added.</returns>
    public bool Replenish(Instant now)
    {
        long periods = PeriodsUntil(now);
        bool isLess = Tokens < options.TokenLimit;
        Tokens = At(now);
        _begun = Tokens == options.TokenLimit ? now : new Instant(_begun.Ticks + (periods * _period.Ticks));
        return isLess && periods > 0;
    }

    public bool TryTake(int permits)
    {
        bool has = Tokens > 0 && Tokens >= permits;
        Tokens -= has ? permits : 0;
        return has;
    }

    public void GiveBack(int permits) => Tokens = (int)Math.Min(options.TokenLimit, (long)Tokens + permits);

    /// <summary>The time until there could be permits, if all that are asked for are acquired first; zero when they never come.</summary>
    public long TicksUntil(long permits, Instant now)
    {
        long missing = Math.Max(1, permits - Tokens);
        long periods = (missing + options.TokensPerPeriod - 1) / options.TokensPerPeriod;
        return _period.IsInfinite ? 0 : (long)Int128.Clamp((Int128)_begun.Ticks + ((Int128)periods * _period.Ticks) - now.Ticks, 1, long.MaxValue);
    }

    public void Save(WireWriter writer)
    {
        writer.VarInt(_begun.Ticks);
        writer.VarUInt((uint)Tokens);
    }

    public void Restore(ref WireReader reader)
    {
        _begun = new Instant(reader.VarInt());
        Tokens = Math.Min(options.TokenLimit, reader.Natural());
    }

    /// <summary>The periods that are over, but no more than the bucket has room for.</summary>
    private long PeriodsUntil(Instant now) => _period.IsInfinite || now <= _begun ? 0
        : Math.Min((now.Ticks - _begun.Ticks) / _period.Ticks, int.MaxValue);
}
