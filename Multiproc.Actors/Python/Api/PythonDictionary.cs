using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Multiproc;

/// <summary>A dict in a manager that runs in Python. Each operation is a call.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed class PythonDictionary<TKey, TValue> : IDictionary<TKey, TValue>, IReadOnlyDictionary<TKey, TValue>, IDisposable, Serialization.INotSendable
    where TKey : notnull
{
    /// <summary>Initializes a dictionary from a proxy.</summary>
    /// <param name="proxy">The proxy of a dict.</param>
    public PythonDictionary(PythonProxy proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        Proxy = proxy;
    }

    /// <summary>Gets the proxy, for all other methods of Python's dict.</summary>
    public PythonProxy Proxy { get; }

    /// <summary>Gets the number of entries.</summary>
    public int Count => Proxy.Call<int>("__len__");

    /// <summary>Gets a copy of the keys.</summary>
    public ICollection<TKey> Keys => Proxy.Call<List<TKey>>("keys");

    /// <summary>Gets a copy of the values.</summary>
    public ICollection<TValue> Values => Proxy.Call<List<TValue>>("values");

    IEnumerable<TKey> IReadOnlyDictionary<TKey, TValue>.Keys => Keys;

    IEnumerable<TValue> IReadOnlyDictionary<TKey, TValue>.Values => Values;

    bool ICollection<KeyValuePair<TKey, TValue>>.IsReadOnly => false;

    /// <summary>Gets or sets the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public TValue this[TKey key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The dict in Python has no key {key}.");
        set => Proxy.Call("__setitem__", key, value);
    }

    /// <inheritdoc cref="IDictionary{TKey, TValue}.TryGetValue"/>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        try
        {
            value = Proxy.Call<TValue>("__getitem__", key);
            return true;
        }
        catch (PythonException missing) when (missing.TypeName == "KeyError")
        {
            value = default;
            return false;
        }
    }

    /// <summary>Adds an entry. Not atomic: a Python program may add the key between the look and the write.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(TKey key, TValue value)
    {
        if (ContainsKey(key))
        {
            throw new ArgumentException($"The dict in Python has the key {key} already.", nameof(key));
        }

        Proxy.Call("__setitem__", key, value);
    }

    /// <summary>Returns the value of a key, which it sets first if there is none: Python's <c>setdefault</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value for a key that is not there.</param>
    /// <returns>The value that is there now.</returns>
    public TValue SetDefault(TKey key, TValue value) => Proxy.Call<TValue>("setdefault", key, value);

    /// <inheritdoc/>
    public bool Remove(TKey key)
    {
        try
        {
            Proxy.Call("__delitem__", key);
            return true;
        }
        catch (PythonException missing) when (missing.TypeName == "KeyError")
        {
            return false;
        }
    }

    /// <inheritdoc cref="IDictionary{TKey, TValue}.ContainsKey"/>
    public bool ContainsKey(TKey key) => Proxy.Call<bool>("__contains__", key);

    /// <inheritdoc/>
    public void Clear() => Proxy.Call("clear");

    /// <summary>Returns a copy of all entries, by one call.</summary>
    /// <returns>The entries.</returns>
    public Dictionary<TKey, TValue> GetValue() => Proxy.Call<Dictionary<TKey, TValue>>("copy");

    void ICollection<KeyValuePair<TKey, TValue>>.Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<TKey, TValue>>.Contains(KeyValuePair<TKey, TValue> item) =>
        TryGetValue(item.Key, out var value) && EqualityComparer<TValue>.Default.Equals(value, item.Value);

    void ICollection<KeyValuePair<TKey, TValue>>.CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<TKey, TValue>>)GetValue()).CopyTo(array, arrayIndex);

    bool ICollection<KeyValuePair<TKey, TValue>>.Remove(KeyValuePair<TKey, TValue> item) =>
        ((ICollection<KeyValuePair<TKey, TValue>>)this).Contains(item) && Remove(item.Key);

    /// <summary>Enumerates a copy of the dict of this moment.</summary>
    /// <returns>The enumerator.</returns>
    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => GetValue().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Releases the dict, which ends when nobody else has a proxy of it.</summary>
    public void Dispose() => Proxy.Dispose();
}
