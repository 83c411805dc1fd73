namespace Multiproc;

/// <content>What limits, counts and distributes.</content>
public sealed partial class MultiprocContext
{
    /// <summary>Creates a rate limiter that lives in this process, with all of its permits.</summary>
    /// <param name="options">The options of the limiter.</param>
    /// <returns>The rate limiter. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public SharedRateLimiter RateLimiter(SharedRateLimiterOptions options) =>
        s_objects.RateLimiter(options);

    /// <summary>Creates a counter that lives in this process and that many processes add to without waiting for each other; zero at first.</summary>
    /// <returns>The counter. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedCounter Counter() =>
        s_objects.Counter();

    /// <summary>Creates a broadcast that lives in this process, which gives each item to all of its readers.</summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="options">The options; null (the default) for all defaults.</param>
    /// <returns>It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public SharedBroadcast<T> Broadcast<T>(SharedBroadcastOptions? options = null) =>
        s_objects.Broadcast<T>(options);

    /// <summary>Creates a cache that lives in this process, empty at first.</summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values: any sendable type.</typeparam>
    /// <param name="options">The options; null (the default) for all defaults.</param>
    /// <returns>It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public SharedCache<TKey, TValue> Cache<TKey, TValue>(SharedCacheOptions? options = null)
        where TKey : notnull =>
        s_objects.Cache<TKey, TValue>(options);
}
