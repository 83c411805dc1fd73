using Multiproc.Objects.Dictionaries;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

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

    private void RequireNumbers()
    {
        if (typeof(TValue) != typeof(long) && typeof(TValue) != typeof(int))
        {
            throw new InvalidOperationException($"{Identity} cannot count: its values are of type {typeof(TValue).Name}, not long or int. Use Update.");
        }
    }
}
