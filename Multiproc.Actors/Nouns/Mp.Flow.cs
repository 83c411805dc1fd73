namespace Multiproc;

/// <content>What limits, counts and distributes.</content>
public static partial class Mp
{
    /// <inheritdoc cref="MultiprocContext.RateLimiter(SharedRateLimiterOptions)"/>
    public static SharedRateLimiter RateLimiter(SharedRateLimiterOptions options) =>
        Default.RateLimiter(options);

    /// <inheritdoc cref="MultiprocContext.Counter()"/>
    public static SharedCounter Counter() =>
        Default.Counter();
}
