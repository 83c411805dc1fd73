using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Represents a dictionary in a manager, made by <c>manager.Dictionary</c>, or in the process that called <c>Mp.Dictionary</c>. Each member is one atomic
/// step; entries keep their insertion order. Enumerating neither fails during concurrent writes nor blocks them.
/// </summary>
/// <remarks>
/// The indexer returns a copy: <c>dictionary["k"].Add(x)</c> changes only that copy. Use <see cref="Update(TKey, Action{TValue})"/>, which changes the value in
/// the manager - <c>dictionary.Update("k", list => list.Add(x))</c> - or store a <see cref="ListProxy{T}"/> as the value.
/// </remarks>
/// <example>
/// <code>
/// using var manager = Mp.Manager();
/// var totals = manager.Dictionary&lt;string, long&gt;();
/// totals["apples"] = 2;
/// totals.Increment("apples", 3);
/// Console.WriteLine(totals["apples"]); // 5
/// </code>
/// </example>
/// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed partial class DictionaryProxy<TKey, TValue> : BaseProxy, IDictionary<TKey, TValue>, ISelfCoded<DictionaryProxy<TKey, TValue>>
    where TKey : notnull
{
    private const int PageSize = 512;

    internal DictionaryProxy(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets the number of entries at the time of the call.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int Count => (int)Ask(DictionaryCommand.Count.Instance, default).Number;

    /// <summary>Gets a copy of the keys, in insertion order.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public ICollection<TKey> Keys => [.. Snapshot().Select(static pair => pair.Key)];

    /// <summary>Gets a copy of the values, in insertion order.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public ICollection<TValue> Values => [.. Snapshot().Select(static pair => pair.Value)];

    bool ICollection<KeyValuePair<TKey, TValue>>.IsReadOnly => false;

    private protected override string Kind => $"DictionaryProxy<{typeof(TKey).Name}, {typeof(TValue).Name}>";

    /// <summary>Gets a copy of the value of a key, or sets it.</summary>
    /// <remarks>
    /// Because the getter returns a copy, <c>dictionary["k"].Add(x)</c> does not change the dictionary. Call <c>dictionary.Update("k", list =>
    /// list.Add(x))</c>, or store a shared object as the value, such as a <see cref="ListProxy{T}"/>.
    /// </remarks>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">On get, the key is missing.</exception>
    /// <exception cref="SerializationException">The key or the value cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue this[TKey key]
    {
        get => TryGetValue(key, out var value) ? value : throw Missing(key);
        set => Ask(new DictionaryCommand.Set(PackKey(key), Pack(value)), default);
    }

    /// <summary>Reads a copy of the value of a key, if the key exists.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">A copy of the value.</param>
    /// <returns>True if the dictionary contains the key.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var reply = Ask(new DictionaryCommand.Get(PackKey(key)), default);
        value = reply.Number >= 0 ? Serializer.Unpack<TValue>(reply.Value) : default;
        return reply.Number >= 0;
    }

    /// <summary>Adds an entry, whose key must be new.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The dictionary already contains the key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Add(TKey key, TValue value)
    {
        if (!TryAdd(key, value))
        {
            throw new ArgumentException($"{Identity} already has the key '{key}'.", nameof(key));
        }
    }

    /// <summary>Adds an entry if its key is new, in one atomic step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>True if the entry was added; false if the dictionary contained the key, and nothing changed.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool TryAdd(TKey key, TValue value) =>
        Ask(new DictionaryCommand.TryAdd(PackKey(key), Pack(value)), default).Number == 1;

    /// <summary>Returns the value of a key, adding the key with the given value if it is new. One atomic step: Python's <c>setdefault</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value to add if the key is new.</param>
    /// <returns>The value that the key has after the call.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue GetOrAdd(TKey key, TValue value)
    {
        while (true)
        {
            if (TryGetValue(key, out var known))
            {
                return known;
            }

            if (TryAdd(key, value))
            {
                return value;
            }
        }
    }

    /// <summary>Sets the value of a key if its current value equals the expected one, in one atomic step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The expected current value.</param>
    /// <param name="value">The new value.</param>
    /// <returns>True if the value was set; false if the current value differs or the key is missing.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool CompareAndSet(TKey key, TValue expected, TValue value)
    {
        var packedKey = PackKey(key);
        var wanted = Pack(expected);
        while (true)
        {
            var reply = Ask(new DictionaryCommand.Get(packedKey), default);
            if (reply.Number < 0 || reply.Value != wanted)
            {
                return false;
            }

            if (Ask(new DictionaryCommand.CompareAndSet(packedKey, reply.Number, Pack(value)), default).Number == 1)
            {
                return true;
            }
        }
    }

    /// <summary>Adds to an integer value in one atomic step; a missing key counts from 0. The values must be of type int or long.</summary>
    /// <param name="key">The key.</param>
    /// <param name="amount">The amount to add; default 1.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="InvalidOperationException">The values are not of type int or long.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public long Increment(TKey key, long amount = 1) => IncrementMany([new KeyValuePair<TKey, long>(key, amount)]);

    /// <summary>Adds to several integer values in one atomic step; missing keys count from 0.</summary>
    /// <param name="amounts">The keys, each with the amount to add to its value.</param>
    /// <returns>The new value of the last key.</returns>
    /// <exception cref="InvalidOperationException">The values are not of type int or long; nothing changed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public long IncrementMany(IEnumerable<KeyValuePair<TKey, long>> amounts) =>
        Ask(Increments(amounts), default).Number;

    /// <summary>
    /// Adds to several integer values in one atomic step, at most once: a marker key records that it was done. So the call can be repeated safely when the
    /// outcome of an earlier attempt is unknown, for example because the process that made it died.
    /// </summary>
    /// <param name="mark">The key that marks the increments as made: it is added with the value 1. If it exists already, nothing changes.</param>
    /// <param name="amounts">The keys, each with the amount to add to its value.</param>
    /// <returns>True if the amounts were added; false if the mark existed already.</returns>
    /// <exception cref="InvalidOperationException">The values are not of type int or long; nothing changed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool TryIncrementMany(TKey mark, IEnumerable<KeyValuePair<TKey, long>> amounts) =>
        Ask(new DictionaryCommand.IncrementOnce(PackKey(mark), Increments(amounts)), default).Number == 1;

    private DictionaryCommand.Increment Increments(IEnumerable<KeyValuePair<TKey, long>> amounts)
    {
        ArgumentNullException.ThrowIfNull(amounts);
        RequireNumbers();

        // All keys share one buffer: there may be thousands.
        using var packed = new WireWriter(4096);
        var ends = new List<(int End, long Amount)>();
        foreach (var pair in amounts)
        {
            Serializer.Serialize(packed, PackedItems.RequireKey(pair.Key));
            ends.Add((packed.Length, pair.Value));
        }

        byte[] keys = packed.ToArray();
        var items = new (Payload, long)[ends.Count];
        int start = 0;
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = (new Payload(keys.AsMemory(start, ends[i].End - start)), ends[i].Amount);
            start = ends[i].End;
        }

        return new DictionaryCommand.Increment(items);
    }

    /// <summary>Removes an entry.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True if the entry was removed; false if the dictionary did not contain the key.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Remove(TKey key) => Remove(key, out _);

    /// <summary>Removes an entry and returns its value: Python's <c>pop</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value that was removed.</param>
    /// <returns>True if the entry was removed; false if the dictionary did not contain the key.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var reply = Ask(new DictionaryCommand.Remove(PackKey(key)), default);
        value = reply.Number >= 0 ? Serializer.Unpack<TValue>(reply.Value) : default;
        return reply.Number >= 0;
    }

    /// <summary>Tests whether the dictionary contains a key at the time of the call.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True if the dictionary contains the key.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool ContainsKey(TKey key) => Ask(new DictionaryCommand.Get(PackKey(key)), default).Number >= 0;

    /// <summary>Removes all entries.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Clear() => Ask(DictionaryCommand.Clear.Instance, default);

    /// <summary>
    /// Enumerates the entries in insertion order, page by page. An entry that is not removed meanwhile is returned exactly once, regardless of concurrent
    /// writes.
    /// </summary>
    /// <returns>Copies of the entries.</returns>
    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        for (long cursor = 0; cursor >= 0;)
        {
            var reply = Ask(new DictionaryCommand.Page(cursor, PageSize), default);
            cursor = reply.Number;
            foreach (var pair in DictionaryPages.Unpack<TKey, TValue>(reply.Value))
            {
                yield return pair;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<KeyValuePair<TKey, TValue>>.Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<TKey, TValue>>.Contains(KeyValuePair<TKey, TValue> item) =>
        TryGetValue(item.Key, out var value) && EqualityComparer<TValue>.Default.Equals(value, item.Value);

    void ICollection<KeyValuePair<TKey, TValue>>.CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex)
    {
        foreach (var pair in this)
        {
            array[arrayIndex++] = pair;
        }
    }

    /// <summary>One atomic step: the entry is removed only if it is still the one that was compared.</summary>
    bool ICollection<KeyValuePair<TKey, TValue>>.Remove(KeyValuePair<TKey, TValue> item) => Transact(entries =>
        entries.TryGetValue(item.Key, out var value) && EqualityComparer<TValue>.Default.Equals(value, item.Value) && entries.Remove(item.Key));

    static DictionaryProxy<TKey, TValue> ISelfCoded<DictionaryProxy<TKey, TValue>>.ReadFrom(ref WireReader reader) =>
        new(ObjectHandle.ReadFrom(ref reader));

    private protected override string Describe()
    {
        var text = Snapshot().Select(static pair => $"{ProxyText.Of(pair.Key)}: {ProxyText.Of(pair.Value)}");
        return $"{{{string.Join(", ", text)}}}";
    }

    private KeyNotFoundException Missing(TKey key) => new($"{Identity} has no key '{key}'.");
}
