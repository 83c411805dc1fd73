using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>The asynchronous methods.</content>
public sealed partial class DictionaryProxy<TKey, TValue>
{
    /// <summary>Asynchronously reads a copy of a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A copy of the value.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary does not contain the key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<TValue> GetAsync(TKey key, CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new DictionaryCommand.Get(PackKey(key)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? Serializer.Unpack<TValue>(reply.Value) : throw Missing(key);
    }

    /// <summary>Asynchronously sets the value of a key, adding the key if it is new.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellation">Cancels the wait; the value may still be written.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask SetAsync(TKey key, TValue value, CancellationToken cancellation = default) =>
        await AskAsync(new DictionaryCommand.Set(PackKey(key), Pack(value)), cancellation).ConfigureAwait(false);

    /// <summary>Asynchronously tests whether the dictionary contains a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if the dictionary contains the key.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<bool> ContainsKeyAsync(TKey key, CancellationToken cancellation = default) =>
        (await AskAsync(new DictionaryCommand.Get(PackKey(key)), cancellation).ConfigureAwait(false)).Number >= 0;

    /// <summary>Asynchronously counts the entries.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The number of entries at the time of the call.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<int> CountAsync(CancellationToken cancellation = default) =>
        (int)(await AskAsync(DictionaryCommand.Count.Instance, cancellation).ConfigureAwait(false)).Number;

    /// <summary>Asynchronously removes an entry.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Cancels the wait; it may still be removed.</param>
    /// <returns>True if the entry was removed; false if the dictionary did not contain the key.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<bool> RemoveAsync(TKey key, CancellationToken cancellation = default) =>
        (await AskAsync(new DictionaryCommand.Remove(PackKey(key)), cancellation).ConfigureAwait(false)).Number >= 0;

    /// <summary>Asynchronously removes all entries.</summary>
    /// <param name="cancellation">Cancels the wait; they may still be removed.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask ClearAsync(CancellationToken cancellation = default) =>
        await AskAsync(DictionaryCommand.Clear.Instance, cancellation).ConfigureAwait(false);

    /// <summary>Asynchronously adds an entry if its key is new, in one atomic step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellation">Cancels the wait; it may still be added.</param>
    /// <returns>True if the entry was added; false if the dictionary contained the key.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<bool> TryAddAsync(TKey key, TValue value, CancellationToken cancellation = default) =>
        (await AskAsync(new DictionaryCommand.TryAdd(PackKey(key), Pack(value)), cancellation).ConfigureAwait(false)).Number == 1;

    /// <summary>
    /// Asynchronously returns the value of a key, adding the key with the given value if it is new. One atomic step: Python's <c>setdefault</c>.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value to add if the key is new.</param>
    /// <param name="cancellation">Cancels the wait; the value may still be added.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<TValue> GetOrAddAsync(TKey key, TValue value, CancellationToken cancellation = default)
    {
        var packedKey = PackKey(key);
        while (true)
        {
            var known = await AskAsync(new DictionaryCommand.Get(packedKey), cancellation).ConfigureAwait(false);
            if (known.Number >= 0)
            {
                return Serializer.Unpack<TValue>(known.Value);
            }

            if ((await AskAsync(new DictionaryCommand.TryAdd(packedKey, Pack(value)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return value;
            }
        }
    }

    /// <summary>Asynchronously sets the value of a key if its current value equals the expected one, in one atomic step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The expected current value.</param>
    /// <param name="value">The new value.</param>
    /// <param name="cancellation">Cancels the wait; the value may still be set.</param>
    /// <returns>True if the value was set; false if the current value differs or the key is missing.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<bool> CompareAndSetAsync(TKey key, TValue expected, TValue value, CancellationToken cancellation = default)
    {
        var packedKey = PackKey(key);
        var wanted = Pack(expected);
        while (true)
        {
            var known = await AskAsync(new DictionaryCommand.Get(packedKey), cancellation).ConfigureAwait(false);
            if (known.Number < 0 || known.Value != wanted)
            {
                return false;
            }

            if ((
                    await AskAsync(
                        new DictionaryCommand.CompareAndSet(packedKey, known.Number, Pack(value)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return true;
            }
        }
    }

    /// <summary>Asynchronously adds to an integer value in one atomic step; a missing key counts from 0. The values must be of type int or long.</summary>
    /// <param name="key">The key; a missing one counts from 0.</param>
    /// <param name="amount">The amount to add; default 1.</param>
    /// <param name="cancellation">Cancels the wait; it may still be added.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="InvalidOperationException">The values are not of type int or long.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<long> IncrementAsync(TKey key, long amount = 1, CancellationToken cancellation = default)
    {
        RequireNumbers();
        return (await AskAsync(new DictionaryCommand.Increment([(PackKey(key), amount)]), cancellation).ConfigureAwait(false)).Number;
    }

    /// <summary>Asynchronously copies all entries as of a single moment, in insertion order.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A new local dictionary.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<Dictionary<TKey, TValue>> GetValueAsync(CancellationToken cancellation = default) =>
        new(DictionaryPages.Unpack<TKey, TValue>((await AskAsync(new DictionaryCommand.Page(0, int.MaxValue), cancellation).ConfigureAwait(false)).Value));

    /// <summary>
    /// Asynchronously enumerates the entries in insertion order, page by page. An entry that is not removed meanwhile is returned exactly once, regardless of
    /// concurrent writes.
    /// </summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>Copies of the entries.</returns>
    public async IAsyncEnumerable<KeyValuePair<TKey, TValue>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (long cursor = 0; cursor >= 0;)
        {
            var reply = await AskAsync(new DictionaryCommand.Page(cursor, PageSize), cancellation).ConfigureAwait(false);
            cursor = reply.Number;
            foreach (var pair in DictionaryPages.Unpack<TKey, TValue>(reply.Value))
            {
                yield return pair;
            }
        }
    }
}
