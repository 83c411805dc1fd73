using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Multiproc.Objects.Caches;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A cache that processes share: bounded in size and, if told so, in the time that it keeps a value. <see cref="GetOrAdd"/> makes a value that is not there,
/// once over all processes.
/// </summary>
/// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
/// <typeparam name="TValue">The type of the values; any type that can be sent to another process. Each reader gets a copy.</typeparam>
/// <example>
/// <code>
/// using var pages = Mp.Cache&lt;string, string&gt;(new SharedCacheOptions { MaxCount = 1000, SlidingExpiration = TimeSpan.FromMinutes(10) });
/// using var pool = Mp.Pool();
/// pool.Map(url =&gt; pages.GetOrAdd(url, Download).Length, urls);   // each page is downloaded once
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class SharedCache<TKey, TValue> : SharedObject, ISelfCoded<SharedCache<TKey, TValue>>
    where TKey : notnull
{
    internal SharedCache(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>The number of entries at this moment.</summary>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public int Count => (int)Ask(CacheCommand.Look.Instance, default).Number;

    private protected override string Kind => $"SharedCache<{typeof(TKey).Name}, {typeof(TValue).Name}>";

    /// <summary>Reads a value if there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">A copy of the value; the default value when there is none.</param>
    /// <returns>True when there was a value.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="SerializationException">The key cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var reply = Ask(new CacheCommand.TryGet(PackKey(key)), default);
        value = reply.Number == 1 ? Serializer.Unpack<TValue>(reply.Value) : default;
        return reply.Number == 1;
    }

    /// <summary>Asynchronously reads a value if there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Cancels the wait for the reply.</param>
    /// <returns>Whether there was a value, and a copy of it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="SerializationException">The key cannot be serialized.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public async ValueTask<(bool Found, TValue? Value)> TryGetAsync(TKey key, CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new CacheCommand.TryGet(PackKey(key)), cancellation).ConfigureAwait(false);
        return reply.Number == 1 ? (true, Serializer.Unpack<TValue>(reply.Value)) : (false, default);
    }

    /// <summary>Sets a value, whether there is one or not. Callers that wait for this key get it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="SerializationException">The key or the value cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public void Set(TKey key, TValue value) => Ask(new CacheCommand.Set(PackKey(key), Pack(value)), default);

    /// <summary>Asynchronously sets a value, whether there is one or not. Callers that wait for this key get it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellation">Cancels the wait for the reply; the value may be set still.</param>
    /// <returns>A task that completes when the value was set.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="SerializationException">The key or the value cannot be serialized.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public async ValueTask SetAsync(TKey key, TValue value, CancellationToken cancellation = default) =>
        await AskAsync(new CacheCommand.Set(PackKey(key), Pack(value)), cancellation).ConfigureAwait(false);

    /// <summary>
    /// Removes a value. One that is being made at the moment is not kept: its factory began before the removal, and may have seen what is out of date.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <returns>True when there was a value.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="SerializationException">The key cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public bool Remove(TKey key) => Ask(new CacheCommand.Remove(PackKey(key)), default).Number == 1;

    /// <summary>Asynchronously removes a value. One that is being made at the moment is not kept.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Cancels the wait for the reply; the value may be removed still.</param>
    /// <returns>True when there was a value.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="SerializationException">The key cannot be serialized.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public async ValueTask<bool> RemoveAsync(TKey key, CancellationToken cancellation = default) =>
        (await AskAsync(new CacheCommand.Remove(PackKey(key)), cancellation).ConfigureAwait(false)).Number == 1;

    /// <summary>Removes all values. Those that are being made at the moment are not kept.</summary>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public void Clear() => Ask(CacheCommand.Clear.Instance, default);

    /// <summary>Asynchronously removes all values. Those that are being made at the moment are not kept.</summary>
    /// <param name="cancellation">Cancels the wait for the reply; the values may be removed still.</param>
    /// <returns>A task that completes when the values were removed.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public async ValueTask ClearAsync(CancellationToken cancellation = default) =>
        await AskAsync(CacheCommand.Clear.Instance, cancellation).ConfigureAwait(false);

    /// <summary>Returns what is in the cache, and what happened in it so far, by all processes.</summary>
    /// <returns>The numbers of this moment.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public SharedCacheStatistics GetStatistics()
    {
        var reply = Ask(CacheCommand.Look.Instance, default);
        var reader = new WireReader(reply.Value.Bytes.Span);
        var counts = CacheCounts.Restore(ref reader);
        return new SharedCacheStatistics(reply.Number, counts.Hits, counts.Misses, counts.Made, counts.Evictions, counts.Expirations);
    }

    private Payload PackKey(TKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Pack(key);
    }

    static SharedCache<TKey, TValue> ISelfCoded<SharedCache<TKey, TValue>>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
