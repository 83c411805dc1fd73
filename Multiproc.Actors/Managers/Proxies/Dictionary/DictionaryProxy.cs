using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// A dictionary in a manager. Each member is one step there; entries keep the order of their insertion. Enumerating while others write
/// neither fails nor blocks them.
/// </summary>
/// <remarks>
/// What the indexer gives is a copy: <c>dictionary["k"].Add(x)</c> changes only that copy. Use <see cref="Update(TKey, Action{TValue})"/>, which changes
/// it in the manager - <c>dictionary.Update("k", list => list.Add(x))</c> - or put a <see cref="ListProxy{T}"/> inside.
/// </remarks>
/// <typeparam name="TKey">The type of the keys; keys are equal when their serialized forms are.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed partial class DictionaryProxy<TKey, TValue> : BaseProxy, IDictionary<TKey, TValue>, ISelfCoded<DictionaryProxy<TKey, TValue>>
    where TKey : notnull
{
    private const int PageSize = 512;

    internal DictionaryProxy(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>How many entries there are at the moment of asking.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int Count => (int)Ask(DictionaryCommand.Count.Instance, default).Number;

    /// <summary>A copy of the keys, in order of insertion.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public ICollection<TKey> Keys => [.. Snapshot().Select(static pair => pair.Key)];

    /// <summary>A copy of the values, in order of insertion.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public ICollection<TValue> Values => [.. Snapshot().Select(static pair => pair.Value)];

    bool ICollection<KeyValuePair<TKey, TValue>>.IsReadOnly => false;

    private protected override string Kind => $"DictionaryProxy<{typeof(TKey).Name}, {typeof(TValue).Name}>";

    /// <summary>A copy of a value, or a new value.</summary>
    /// <remarks>
    /// A copy: <c>dictionary["k"].Add(x)</c> changes what only you have, and the dictionary never hears of it. Say <c>dictionary.Update("k", list => list.Add(x))</c>,
    /// or let the value be shared itself: a <see cref="ListProxy{T}"/> inside stays the same list.
    /// </remarks>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">Read, and the key is not there.</exception>
    /// <exception cref="SerializationException">Key or value cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue this[TKey key]
    {
        get => TryGetValue(key, out var value) ? value : throw Missing(key);
        set => Ask(new DictionaryCommand.Set(PackedItems.Key(key), Serializer.Pack(value)), default);
    }

    /// <summary>Reads a value if its key is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">A copy of the value.</param>
    /// <returns>False when the key is not there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var reply = Ask(new DictionaryCommand.Get(PackedItems.Key(key)), default);
        value = reply.Number >= 0 ? Serializer.Unpack<TValue>(reply.Value) : default;
        return reply.Number >= 0;
    }

    /// <summary>Adds an entry with a new key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Add(TKey key, TValue value)
    {
        if (!TryAdd(key, value))
        {
            throw new ArgumentException($"{Identity} has the key '{key}' already.", nameof(key));
        }
    }

    /// <summary>Adds an entry if its key is new, in one step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when the key was there; then nothing changed.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool TryAdd(TKey key, TValue value) =>
        Ask(new DictionaryCommand.TryAdd(PackedItems.Key(key), Serializer.Pack(value)), default).Number == 1;

    /// <summary>The value of a key; a new key gets the given value first.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value for a new key.</param>
    /// <returns>What is there now. Python's <c>setdefault</c>.</returns>
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

    /// <summary>Sets the value of a key if it still equals the expected one, in one step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">What must be there.</param>
    /// <param name="value">The new value.</param>
    /// <returns>False when something else, or nothing, is there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool CompareAndSet(TKey key, TValue expected, TValue value)
    {
        var packedKey = PackedItems.Key(key);
        var wanted = Serializer.Pack(expected);
        while (true)
        {
            var reply = Ask(new DictionaryCommand.Get(packedKey), default);
            if (reply.Number < 0 || reply.Value != wanted)
            {
                return false;
            }

            if (Ask(new DictionaryCommand.CompareAndSet(packedKey, reply.Number, Serializer.Pack(value)), default).Number == 1)
            {
                return true;
            }
        }
    }

    /// <summary>Adds to a whole number in one step; a key that is not there counts from 0. The values must be of type int or long.</summary>
    /// <param name="key">The key.</param>
    /// <param name="amount">What is added; default 1.</param>
    /// <returns>The new number.</returns>
    /// <exception cref="InvalidOperationException">The values are not whole numbers.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public long Increment(TKey key, long amount = 1) => IncrementMany([new KeyValuePair<TKey, long>(key, amount)]);

    /// <summary>Adds to many whole numbers, all in one step.</summary>
    /// <param name="amounts">What is added to which key.</param>
    /// <returns>The last new number.</returns>
    /// <exception cref="InvalidOperationException">The values are not whole numbers; nothing changed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public long IncrementMany(IEnumerable<KeyValuePair<TKey, long>> amounts) =>
        Ask(Increments(amounts), default).Number;

    /// <summary>
    /// Adds to many whole numbers, all in one step and only once: a key marks that it was done. Who does not know whether an earlier try came
    /// through - because whoever tried has died - can try again.
    /// </summary>
    /// <param name="mark">Becomes a key with the value 1; when it is one already, nothing changes.</param>
    /// <param name="amounts">What is added to which key.</param>
    /// <returns>False when it was done before.</returns>
    /// <exception cref="InvalidOperationException">The values are not whole numbers; nothing changed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool TryIncrementMany(TKey mark, IEnumerable<KeyValuePair<TKey, long>> amounts) =>
        Ask(new DictionaryCommand.IncrementOnce(PackedItems.Key(mark), Increments(amounts)), default).Number == 1;

    private DictionaryCommand.Increment Increments(IEnumerable<KeyValuePair<TKey, long>> amounts)
    {
        ArgumentNullException.ThrowIfNull(amounts);
        RequireNumbers();

        // All keys lie in one array: there may be thousands.
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
    /// <returns>False when the key was not there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Remove(TKey key) => Remove(key, out _);

    /// <summary>Removes an entry and gives its value. Python's <c>pop</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value that was removed.</param>
    /// <returns>False when the key was not there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var reply = Ask(new DictionaryCommand.Remove(PackedItems.Key(key)), default);
        value = reply.Number >= 0 ? Serializer.Unpack<TValue>(reply.Value) : default;
        return reply.Number >= 0;
    }

    /// <summary>Whether a key is there at the moment of asking.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True when it is there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool ContainsKey(TKey key) => Ask(new DictionaryCommand.Get(PackedItems.Key(key)), default).Number >= 0;

    /// <summary>Removes all entries.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Clear() => Ask(DictionaryCommand.Clear.Instance, default);

    /// <summary>Gives the entries in order of insertion, page by page: an entry that stays is given once, whatever others write meanwhile.</summary>
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

    /// <summary>One step: the entry goes only as it was compared.</summary>
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
