using System.Diagnostics.CodeAnalysis;
using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// The view through which the body of <see cref="DictionaryProxy{TKey, TValue}.Transact{TResult}"/> reads and changes a dictionary. Changes are buffered until
/// the body ends, and written in one atomic step if no other client wrote what was read.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed class DictionaryTransaction<TKey, TValue>
    where TKey : notnull
{
    private readonly Func<IWireCommand, Reply> _ask;
    private readonly Func<IWireCommand, ValueTask<Reply>> _askAsync;
    private readonly bool _outliveProcesses;
    private readonly Dictionary<Payload, (long Version, Payload Value)> _reads = [];
    private readonly Dictionary<Payload, Payload?> _writes = [];

    internal DictionaryTransaction(Func<IWireCommand, Reply> ask, Func<IWireCommand, ValueTask<Reply>> askAsync, bool outliveProcesses)
    {
        _ask = ask;
        _askAsync = askAsync;
        _outliveProcesses = outliveProcesses;
    }

    /// <summary>Gets or sets the value of a key. A value set in this transaction is read back.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value set in this transaction, or else the one in the dictionary.</returns>
    /// <exception cref="KeyNotFoundException">On get, the key is missing.</exception>
    public TValue this[TKey key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The dictionary has no key '{key}'.");
        set => _writes[Key(key)] = Packed(value);
    }

    /// <summary>Reads a copy of the value of a key, if the key exists.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>True if the key exists.</returns>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var packed = Key(key);
        if (!IsKnown(packed))
        {
            Remember(packed, _ask(new DictionaryCommand.Get(packed)));
        }

        var found = Known(packed);
        value = found is { } there ? Serializer.Unpack<TValue>(there) : default;
        return found is not null;
    }

    /// <summary>Asynchronously reads the value of a key, if the key exists.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether the key was found, and its value.</returns>
    public async ValueTask<(bool Found, TValue? Value)> TryGetValueAsync(TKey key)
    {
        var packed = Key(key);
        if (!IsKnown(packed))
        {
            Remember(packed, await _askAsync(new DictionaryCommand.Get(packed)).ConfigureAwait(false));
        }

        return Known(packed) is { } there ? (true, Serializer.Unpack<TValue>(there)) : (false, default);
    }

    /// <summary>Asynchronously reads the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary does not contain the key.</exception>
    public async ValueTask<TValue> GetAsync(TKey key) =>
        await TryGetValueAsync(key).ConfigureAwait(false) is (true, var value) ? value! : throw new KeyNotFoundException($"The dictionary has no key '{key}'.");

    /// <summary>Removes an entry.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True if the entry was removed; false if the key is missing.</returns>
    public bool Remove(TKey key)
    {
        bool was = TryGetValue(key, out _);
        _writes[Key(key)] = null;
        return was;
    }

    /// <summary>Asynchronously removes an entry.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True if the entry was removed; false if the key is missing.</returns>
    public async ValueTask<bool> RemoveAsync(TKey key)
    {
        var (was, _) = await TryGetValueAsync(key).ConfigureAwait(false);
        _writes[Key(key)] = null;
        return was;
    }

    /// <summary>Returns false if another client wrote first; then nothing is written.</summary>
    internal bool TryCommit(bool withWrites) => _ask(Changes(withWrites)).Number == 1;

    internal async ValueTask<bool> TryCommitAsync(bool withWrites) => (await _askAsync(Changes(withWrites)).ConfigureAwait(false)).Number == 1;

    private Payload Key(TKey key) => Packed(PackedItems.RequireKey(key));

    private Payload Packed<T>(T value) => _outliveProcesses ? Serializer.PackToOutlive(value) : Serializer.Pack(value);

    private bool IsKnown(Payload key) => _writes.ContainsKey(key) || _reads.ContainsKey(key);

    private Payload? Known(Payload key) => _writes.TryGetValue(key, out var written) ? written : _reads[key] is { Version: >= 0 } read ? read.Value : null;

    private void Remember(Payload key, Reply reply) => _reads.TryAdd(key, (reply.Number, reply.Value));

    private DictionaryCommand.Commit Changes(bool withWrites) => new(
        [.. _reads.Select(static read => (read.Key, read.Value.Version))],
        withWrites ? [.. _writes.Select(static write => (write.Key, write.Value))] : []);
}
