using Multiproc.Objects.Broadcasts;
using Multiproc.Objects.Caches;
using Multiproc.Objects.Counters;
using Multiproc.Objects.RateLimiters;

namespace Multiproc.Managers;

/// <content>What limits, counts and distributes.</content>
internal sealed partial class ObjectFactory
{
    public SharedRateLimiter RateLimiter(SharedRateLimiterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new(create(RateLimiterType.Instance, options.Pack()), options.TokenLimit);
    }

    public SharedCounter Counter() => new(create(CounterType.Instance));

    public SharedBroadcast<T> Broadcast<T>(SharedBroadcastOptions? options = null)
    {
        options ??= new();
        options.Validate();
        return new(create(BroadcastType.Instance, options.Pack()));
    }

    public SharedCache<TKey, TValue> Cache<TKey, TValue>(SharedCacheOptions? options = null)
        where TKey : notnull
    {
        options ??= new();
        options.Validate();
        return new(create(CacheType.Instance, options.Pack()));
    }
}
