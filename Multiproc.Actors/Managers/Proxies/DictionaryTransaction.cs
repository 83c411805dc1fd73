using System.Diagnostics.CodeAnalysis;
using Multiproc.Objects;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// What the body of <see cref="DictionaryProxy{TKey, TValue}.Transact{TResult}"/> reads and changes. Changes are kept here until the end, and written in one
/// step if nobody else has written what was read.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed class DictionaryTransaction<TKey, TValue>
    where TKey : notnull
{
    private readonly Func<ICommand, Answer> _ask;
    private readonly Dictionary<Payload, (long Version, Payload Value)> _reads = [];
    private readonly Dictionary<Payload, Payload?> _writes = [];

    internal DictionaryTransaction(Func<ICommand, Answer> ask) => _ask = ask;

    /// <summary>Reads or writes a value.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value: the one written here before, or else the one in the dictionary.</returns>
    /// <exception cref="KeyNotFoundException">Read, and the key is not there.</exception>
    public TValue this[TKey key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The dictionary has no key '{key}'.");
        set => _writes[Serializer.Pack(key)] = Serializer.Pack(value);
    }

    /// <summary>Reads a value if its key is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when it is not.</returns>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var packed = Serializer.Pack(key);
        if (!_writes.TryGetValue(packed, out var found))
        {
            if (!_reads.TryGetValue(packed, out var read))
            {
                var answer = _ask(new DictionaryCommand.Get(packed));
                _reads.Add(packed, read = (answer.Number, answer.Value));
            }

            found = read.Version >= 0 ? read.Value : null;
        }

        value = found is { } there ? Serializer.Unpack<TValue>(there) : default;
        return found is not null;
    }

    /// <summary>Removes an entry.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False when it was not there.</returns>
    public bool Remove(TKey key)
    {
        bool was = TryGetValue(key, out _);
        _writes[Serializer.Pack(key)] = null;
        return was;
    }

    /// <summary>False when somebody else was faster; then nothing is written.</summary>
    internal bool TryCommit(bool withWrites) => _ask(new DictionaryCommand.Commit(
        [.. _reads.Select(static read => (read.Key, read.Value.Version))],
        withWrites ? [.. _writes.Select(static write => (write.Key, write.Value))] : [])).Number == 1;
}
