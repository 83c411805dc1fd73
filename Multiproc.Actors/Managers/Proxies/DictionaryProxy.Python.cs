using System.Runtime.CompilerServices;
using Multiproc.Objects;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Python's names, and changes in place.</content>
public sealed partial class DictionaryProxy<TKey, TValue>
{
    /// <summary>Removes an entry and gives its value.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">The key is not there.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue Pop(TKey key) => Remove(key, out var value) ? value : throw Missing(key);

    /// <summary>Removes an entry and gives its value, or another one when the key is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">The other one.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue Pop(TKey key, TValue otherwise) => Remove(key, out var value) ? value : otherwise;

    /// <summary>Removes the newest entry and gives it.</summary>
    /// <returns>Key and value.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary is empty.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public KeyValuePair<TKey, TValue> PopItem()
    {
        var answer = Ask(DictionaryCommand.PopLast.Instance, default);
        if (answer.Number < 0)
        {
            throw new KeyNotFoundException($"{Identity}: PopItem of an empty dictionary.");
        }

        var reader = new WireReader(answer.Value.Bytes.Span);
        var key = reader.Payload();
        return new(Serializer.Unpack<TKey>(key), Serializer.Unpack<TValue>(reader.Payload()));
    }

    /// <summary>Reads a value, or gives another one when the key is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">The other one.</param>
    /// <returns>A copy of the value.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue Get(TKey key, TValue otherwise) => TryGetValue(key, out var value) ? value : otherwise;

    /// <summary>The same as <see cref="GetOrAdd"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value for a new key.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue SetDefault(TKey key, TValue value) => GetOrAdd(key, value);

    /// <summary>Changes the inside of the value of a known key and writes it back; nobody else's change is lost.</summary>
    /// <param name="key">The key.</param>
    /// <param name="change">Changes a copy, as <c>list => list.Add(x)</c>; called here, again when somebody else was faster.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="KeyNotFoundException">The key is not there.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue Update(TKey key, Action<TValue> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Update(key, value =>
        {
            change(value);
            return value;
        });
    }

    /// <summary>The same as <see cref="Update(TKey, Func{TValue, TValue})"/>, without a blocked thread.</summary>
    /// <param name="key">The key.</param>
    /// <param name="update">Makes the new value from the known one; called here, again when somebody else was faster.</param>
    /// <param name="cancellation">Gives up waiting; the last try may have been written.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="KeyNotFoundException">The key is not there.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<TValue> UpdateAsync(TKey key, Func<TValue, TValue> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        var packedKey = Serializer.Pack(key);
        while (true)
        {
            var known = await AskAsync(new DictionaryCommand.Get(packedKey), cancellation).ConfigureAwait(false);
            var next = known.Number >= 0 ? update(Serializer.Unpack<TValue>(known.Value)) : throw Missing(key);
            var swap = new DictionaryCommand.CompareAndSet(packedKey, known.Number, Serializer.Pack(next));
            if ((await AskAsync(swap, cancellation).ConfigureAwait(false)).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>Removes an entry without a blocked thread.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Gives up waiting; it may be removed all the same.</param>
    /// <returns>False when the key was not there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<bool> RemoveAsync(TKey key, CancellationToken cancellation = default) =>
        (await AskAsync(new DictionaryCommand.Remove(Serializer.Pack(key)), cancellation).ConfigureAwait(false)).Number >= 0;

    /// <summary>Adds an entry if its key is new, without a blocked thread.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellation">Gives up waiting; it may be added all the same.</param>
    /// <returns>False when the key was there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<bool> TryAddAsync(TKey key, TValue value, CancellationToken cancellation = default) =>
        (await AskAsync(new DictionaryCommand.TryAdd(Serializer.Pack(key), Serializer.Pack(value)), cancellation).ConfigureAwait(false)).Number == 1;

    /// <summary>Adds to a whole number in one step, without a blocked thread.</summary>
    /// <param name="key">The key; a new one counts from 0.</param>
    /// <param name="amount">What is added; default 1.</param>
    /// <param name="cancellation">Gives up waiting; it may be added all the same.</param>
    /// <returns>The new number.</returns>
    /// <exception cref="InvalidOperationException">The values are not whole numbers.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<long> IncrementAsync(TKey key, long amount = 1, CancellationToken cancellation = default)
    {
        RequireNumbers();
        return (await AskAsync(new DictionaryCommand.Increment([(Serializer.Pack(key), amount)]), cancellation).ConfigureAwait(false)).Number;
    }

    private void RequireNumbers()
    {
        if (typeof(TValue) != typeof(long) && typeof(TValue) != typeof(int))
        {
            throw new InvalidOperationException($"{Identity} cannot count: its values are of type {typeof(TValue).Name}, not long or int. Use Update.");
        }
    }
}
