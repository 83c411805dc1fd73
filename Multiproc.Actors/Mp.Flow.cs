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

    /// <inheritdoc cref="MultiprocContext.Broadcast{T}(SharedBroadcastOptions?)"/>
    public static SharedBroadcast<T> Broadcast<T>(SharedBroadcastOptions? options = null) =>
        Default.Broadcast<T>(options);

    /// <inheritdoc cref="MultiprocContext.Cache{TKey, TValue}(SharedCacheOptions?)"/>
    public static SharedCache<TKey, TValue> Cache<TKey, TValue>(SharedCacheOptions? options = null)
        where TKey : notnull =>
        Default.Cache<TKey, TValue>(options);
}
