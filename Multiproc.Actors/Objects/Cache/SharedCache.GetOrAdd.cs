using Multiproc.Objects.Caches;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <content>Making values once.</content>
public sealed partial class SharedCache<TKey, TValue>
{
    /// <summary>
    /// Returns the value of a key; makes it if there is none. Of all callers, in whatever process, one runs its factory; the others wait for its value, up to
    /// <paramref name="timeout"/>. When the factory throws, its caller gets the exception, and the next one who waits runs its own; so too when the process
    /// dies in which the factory runs.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="factory">Makes the value, on the caller's thread. It must not ask this cache for the same key: it would wait for itself.</param>
    /// <param name="timeout">How long to wait for another's factory; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait. The factory is not interrupted.</param>
    /// <returns>A copy of the value, or the value that the factory returned.</returns>
    /// <exception cref="MultiprocTimeoutException">
    /// Another process's factory did not make the value within <paramref name="timeout"/>. The time of a factory of one's own does not count.
    /// </exception>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="SerializationException">The key, or the value that was made, cannot be serialized.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> factory, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        var reply = Ask(new CacheCommand.GetOrClaim(PackKey(key), timeout), cancellation);
        if (IsHere(reply, timeout, out var here))
        {
            return here!;
        }

        try
        {
            FaultPoint.Reached("make: claimed");
            var made = factory(key);
            FaultPoint.Reached("make: made");
            Ask(new CacheCommand.Fulfil(reply.Number, Pack(made)), default);
            FaultPoint.Reached("make: kept");
            return made;
        }
        catch
        {
            // Also when the value cannot be sent, or is too large. If it was kept all the same, this changes nothing.
            Handle.TryTell(new CacheCommand.Fail(reply.Number));
            throw;
        }
    }

    /// <summary>
    /// Asynchronously returns the value of a key; makes it if there is none, once over all processes, as <see cref="GetOrAdd"/> does.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="factory">Makes the value; gets the key and <paramref name="cancellation"/>. It must not ask this cache for the same key.</param>
    /// <param name="timeout">How long to wait for another's factory; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait, and the factory if it looks at its token.</param>
    /// <returns>A copy of the value, or the value that the factory returned.</returns>
    /// <exception cref="MultiprocTimeoutException">
    /// Another process's factory did not make the value within <paramref name="timeout"/>. The time of a factory of one's own does not count.
    /// </exception>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="SerializationException">The key, or the value that was made, cannot be serialized.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the cache has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed, in this process or in its node.</exception>
    public async ValueTask<TValue> GetOrAddAsync(
        TKey key, Func<TKey, CancellationToken, ValueTask<TValue>> factory, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        var reply = await AskAsync(new CacheCommand.GetOrClaim(PackKey(key), timeout), cancellation).ConfigureAwait(false);
        if (IsHere(reply, timeout, out var here))
        {
            return here!;
        }

        try
        {
            var made = await factory(key, cancellation).ConfigureAwait(false);
            await AskAsync(new CacheCommand.Fulfil(reply.Number, Pack(made)), default).ConfigureAwait(false);
            return made;
        }
        catch
        {
            Handle.TryTell(new CacheCommand.Fail(reply.Number));
            throw;
        }
    }

    /// <summary>Whether the value came; else this caller is to make it.</summary>
    private bool IsHere(in Reply reply, WaitTimeout timeout, out TValue? value)
    {
        if (reply.Status != ReplyStatus.Ok)
        {
            throw new MultiprocTimeoutException(
                $"{this}: the value was not there within {timeout}. Another caller makes it at the moment: wait longer, or use TryGet.");
        }

        value = reply.Number == 0 ? Serializer.Unpack<TValue>(reply.Value) : default;
        return reply.Number == 0;
    }
}
