namespace Multiproc;

/// <content>What limits, counts and distributes.</content>
public partial class SyncManager
{
    /// <summary>Creates a rate limiter in the manager, with all of its permits.</summary>
    /// <param name="options">The options of the limiter.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedRateLimiter RateLimiter(SharedRateLimiterOptions options) => _objects.RateLimiter(options);

    /// <summary>
    /// Creates a counter in the manager that many processes add to without waiting for each other. On this machine it is in mapped memory.
    /// </summary>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedCounter Counter() => _objects.Counter();

    /// <summary>Creates a broadcast in the manager, which gives each item to all of its readers.</summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="options">The options; null (the default) for all defaults.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedBroadcast<T> Broadcast<T>(SharedBroadcastOptions? options = null) => _objects.Broadcast<T>(options);

    /// <summary>Creates a cache in the manager, empty at first.</summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values: any sendable type.</typeparam>
    /// <param name="options">The options; null (the default) for all defaults.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedCache<TKey, TValue> Cache<TKey, TValue>(SharedCacheOptions? options = null)
        where TKey : notnull =>
        _objects.Cache<TKey, TValue>(options);
}
