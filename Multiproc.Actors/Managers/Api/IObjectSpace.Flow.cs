namespace Multiproc;

/// <content>What limits, counts and distributes.</content>
public partial interface IObjectSpace
{
    /// <summary>Creates a rate limiter, with all of its permits.</summary>
    /// <param name="options">The options of the limiter.</param>
    /// <returns>The rate limiter. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    SharedRateLimiter RateLimiter(SharedRateLimiterOptions options);

    /// <summary>Creates a counter that many processes add to without waiting for each other; zero at first.</summary>
    /// <returns>The counter. It can be sent to other processes.</returns>
    SharedCounter Counter();

    /// <summary>Creates a broadcast, which gives each item to all of its readers.</summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="options">The options; null (the default) for all defaults.</param>
    /// <returns>The broadcast. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    SharedBroadcast<T> Broadcast<T>(SharedBroadcastOptions? options = null);

    /// <summary>Creates a cache, empty at first.</summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values: any sendable type.</typeparam>
    /// <param name="options">The options; null (the default) for all defaults.</param>
    /// <returns>The cache. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    SharedCache<TKey, TValue> Cache<TKey, TValue>(SharedCacheOptions? options = null)
        where TKey : notnull;
}
