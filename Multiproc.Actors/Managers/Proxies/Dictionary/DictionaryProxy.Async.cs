using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>The same without a blocked thread.</content>
public sealed partial class DictionaryProxy<TKey, TValue>
{
    /// <summary>Reads a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A copy of the value.</returns>
    /// <exception cref="KeyNotFoundException">The key is not there.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<TValue> GetAsync(TKey key, CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new DictionaryCommand.Get(PackedItems.Key(key)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? Serializer.Unpack<TValue>(reply.Value) : throw Missing(key);
    }

    /// <summary>Writes a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellation">Gives up waiting; the value may be written all the same.</param>
    /// <returns>A task that ends when the value is there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask SetAsync(TKey key, TValue value, CancellationToken cancellation = default) =>
        await AskAsync(new DictionaryCommand.Set(PackedItems.Key(key), Serializer.Pack(value)), cancellation).ConfigureAwait(false);

    /// <summary>Whether a key is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>True when it is there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<bool> ContainsKeyAsync(TKey key, CancellationToken cancellation = default) =>
        (await AskAsync(new DictionaryCommand.Get(PackedItems.Key(key)), cancellation).ConfigureAwait(false)).Number >= 0;

    /// <summary>How many entries there are.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Their number at the moment of asking.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<int> CountAsync(CancellationToken cancellation = default) =>
        (int)(await AskAsync(DictionaryCommand.Count.Instance, cancellation).ConfigureAwait(false)).Number;

    /// <summary>Removes an entry.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Gives up waiting; it may be removed all the same.</param>
    /// <returns>False when the key was not there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<bool> RemoveAsync(TKey key, CancellationToken cancellation = default) =>
        (await AskAsync(new DictionaryCommand.Remove(PackedItems.Key(key)), cancellation).ConfigureAwait(false)).Number >= 0;

    /// <summary>Removes all entries.</summary>
    /// <param name="cancellation">Gives up waiting; they may be removed all the same.</param>
    /// <returns>A task that ends when they are gone.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask ClearAsync(CancellationToken cancellation = default) =>
        await AskAsync(DictionaryCommand.Clear.Instance, cancellation).ConfigureAwait(false);

    /// <summary>Adds an entry if its key is new, in one step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellation">Gives up waiting; it may be added all the same.</param>
    /// <returns>False when the key was there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<bool> TryAddAsync(TKey key, TValue value, CancellationToken cancellation = default) =>
        (await AskAsync(new DictionaryCommand.TryAdd(PackedItems.Key(key), Serializer.Pack(value)), cancellation).ConfigureAwait(false)).Number == 1;

    /// <summary>The value of a key; a new key gets the given value first.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value for a new key.</param>
    /// <param name="cancellation">Gives up waiting; the value may be added all the same.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<TValue> GetOrAddAsync(TKey key, TValue value, CancellationToken cancellation = default)
    {
        var packedKey = PackedItems.Key(key);
        while (true)
        {
            var known = await AskAsync(new DictionaryCommand.Get(packedKey), cancellation).ConfigureAwait(false);
            if (known.Number >= 0)
            {
                return Serializer.Unpack<TValue>(known.Value);
            }

            if ((await AskAsync(new DictionaryCommand.TryAdd(packedKey, Serializer.Pack(value)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return value;
            }
        }
    }

    /// <summary>Sets the value of a key if it still equals the expected one, in one step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">What must be there.</param>
    /// <param name="value">The new value.</param>
    /// <param name="cancellation">Gives up waiting; the value may be set all the same.</param>
    /// <returns>False when something else, or nothing, is there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<bool> CompareAndSetAsync(TKey key, TValue expected, TValue value, CancellationToken cancellation = default)
    {
        var packedKey = PackedItems.Key(key);
        var wanted = Serializer.Pack(expected);
        while (true)
        {
            var known = await AskAsync(new DictionaryCommand.Get(packedKey), cancellation).ConfigureAwait(false);
            if (known.Number < 0 || known.Value != wanted)
            {
                return false;
            }

            if ((await AskAsync(new DictionaryCommand.CompareAndSet(packedKey, known.Number, Serializer.Pack(value)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return true;
            }
        }
    }

    /// <summary>Adds to a whole number in one step.</summary>
    /// <param name="key">The key; a new one counts from 0.</param>
    /// <param name="amount">What is added; default 1.</param>
    /// <param name="cancellation">Gives up waiting; it may be added all the same.</param>
    /// <returns>The new number.</returns>
    /// <exception cref="InvalidOperationException">The values are not whole numbers.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<long> IncrementAsync(TKey key, long amount = 1, CancellationToken cancellation = default)
    {
        RequireNumbers();
        return (await AskAsync(new DictionaryCommand.Increment([(PackedItems.Key(key), amount)]), cancellation).ConfigureAwait(false)).Number;
    }

    /// <summary>A copy of all entries at one moment, in order of insertion.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A dictionary of this process.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<Dictionary<TKey, TValue>> GetValueAsync(CancellationToken cancellation = default) =>
        new(DictionaryPages.Unpack<TKey, TValue>((await AskAsync(new DictionaryCommand.Page(0, int.MaxValue), cancellation).ConfigureAwait(false)).Value));

    /// <summary>Gives the entries in order of insertion, page by page: an entry that stays is given once, whatever others write meanwhile.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
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
