using Multiproc.Objects.Dictionaries;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>The methods with Python's names.</content>
public sealed partial class DictionaryProxy<TKey, TValue>
{
    /// <summary>Removes an entry and returns its value: Python's <c>pop</c>.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary does not contain the key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue Pop(TKey key) => Remove(key, out var value) ? value : throw Missing(key);

    /// <summary>Removes an entry and returns its value, or a default if the key is missing: Python's <c>pop</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">The value to return if the key is missing.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue Pop(TKey key, TValue otherwise) => Remove(key, out var value) ? value : otherwise;

    /// <summary>Removes and returns the newest entry: Python's <c>popitem</c>.</summary>
    /// <returns>The key and the value of the newest entry.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary is empty.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public KeyValuePair<TKey, TValue> PopItem() => Popped(Ask(DictionaryCommand.PopLast.Instance, default));

    private KeyValuePair<TKey, TValue> Popped(Reply reply)
    {
        if (reply.Number < 0)
        {
            throw new KeyNotFoundException($"{Identity}: PopItem of an empty dictionary.");
        }

        var reader = new WireReader(reply.Value.Bytes.Span);
        var key = reader.Payload();
        return new(Serializer.Unpack<TKey>(key), Serializer.Unpack<TValue>(reader.Payload()));
    }

    /// <summary>Reads a copy of a value, or returns a default if the key is missing: Python's <c>get</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">The value to return if the key is missing.</param>
    /// <returns>A copy of the value.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue Get(TKey key, TValue otherwise) => TryGetValue(key, out var value) ? value : otherwise;

    /// <summary>Returns the value of a key, adding the key with the given value if it is new, as <see cref="GetOrAdd"/> does.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value to add if the key is new.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue SetDefault(TKey key, TValue value) => GetOrAdd(key, value);

    private void RequireNumbers()
    {
        if (typeof(TValue) != typeof(long) && typeof(TValue) != typeof(int))
        {
            throw new InvalidOperationException($"{Identity} cannot increment: its values are of type {typeof(TValue).Name}, not long or int. Use Update.");
        }
    }
}
