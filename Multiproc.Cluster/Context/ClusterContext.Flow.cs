using Multiproc.Cluster.Gateways;

namespace Multiproc;

/// <content>What limits, counts and distributes, by name and without.</content>
public sealed partial class ClusterContext
{
    /// <summary>
    /// Opens a rate limiter for all of the cluster. Each acquisition is a record of the journal; with <see cref="Durability.Memory"/> it is a message only, and
    /// the limiter is full again after its node was lost.
    /// </summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="limiter">The options of the limiter.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The rate limiter.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedRateLimiter RateLimiter(string name, SharedRateLimiterOptions limiter, ClusterObjectOptions? options = null) =>
        Of(name, KindName.RateLimiter(limiter), options).RateLimiter(limiter);

    /// <summary>Opens a counter. Each addition is a message, and exact.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The counter.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedCounter Counter(string name, ClusterObjectOptions? options = null) =>
        Of(name, "Counter", options).Counter();

    /// <summary>Opens a broadcast. Readers of a process that dies, or of a node that is removed, are forgotten.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="broadcast">The options of the broadcast; null (the default) for all defaults.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The broadcast.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedBroadcast<T> Broadcast<T>(string name, SharedBroadcastOptions? broadcast = null, ClusterObjectOptions? options = null) =>
        Of(name, KindName.Broadcast<T>(broadcast ?? new()), options).Broadcast<T>(broadcast);

    /// <summary>
    /// Opens a cache. Each call is a record of the journal, reads included, since they change what is evicted next; mostly <see cref="Durability.Memory"/> is
    /// what a cache needs.
    /// </summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="cache">The options of the cache; null (the default) for all defaults.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The cache.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedCache<TKey, TValue> Cache<TKey, TValue>(string name, SharedCacheOptions? cache = null, ClusterObjectOptions? options = null)
        where TKey : notnull =>
        Of(name, KindName.Cache<TKey, TValue>(cache ?? new()), options).Cache<TKey, TValue>(cache);

    SharedRateLimiter IObjectSpace.RateLimiter(SharedRateLimiterOptions options) => Unnamed.RateLimiter(options);

    SharedCounter IObjectSpace.Counter() => Unnamed.Counter();

    SharedBroadcast<T> IObjectSpace.Broadcast<T>(SharedBroadcastOptions? options) => Unnamed.Broadcast<T>(options);

    SharedCache<TKey, TValue> IObjectSpace.Cache<TKey, TValue>(SharedCacheOptions? options) => Unnamed.Cache<TKey, TValue>(options);
}
