using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Operations on several entries at once.</content>
public sealed partial class DictionaryProxy<TKey, TValue>
{
    /// <summary>Reads the values of several keys as of a single moment.</summary>
    /// <param name="keys">The keys.</param>
    /// <returns>The keys that the dictionary contains, with copies of their values.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public Dictionary<TKey, TValue> GetMany(IEnumerable<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        TKey[] asked = [.. keys];
        return Found(asked, Ask(new DictionaryCommand.GetMany(PackKeys(asked)), default).Value);
    }

    /// <summary>Asynchronously reads the values of several keys as of a single moment.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The keys that the dictionary contains, with copies of their values.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<Dictionary<TKey, TValue>> GetManyAsync(IEnumerable<TKey> keys, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        TKey[] asked = [.. keys];
        return Found(asked, (await AskAsync(new DictionaryCommand.GetMany(PackKeys(asked)), cancellation).ConfigureAwait(false)).Value);
    }

    /// <summary>Sets the values of several keys in one atomic step: Python's <c>update</c>.</summary>
    /// <param name="entries">The keys and values; if a key occurs twice, its last value wins.</param>
    /// <exception cref="SerializationException">A key or a value cannot be serialized; nothing was written.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void SetMany(IEnumerable<KeyValuePair<TKey, TValue>> entries) => Ask(Writes(entries), default);

    /// <summary>Asynchronously sets the values of several keys in one atomic step: Python's <c>update</c>.</summary>
    /// <param name="entries">The keys and values; if a key occurs twice, its last value wins.</param>
    /// <param name="cancellation">Cancels the wait; they may still be written.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public async ValueTask SetManyAsync(IEnumerable<KeyValuePair<TKey, TValue>> entries, CancellationToken cancellation = default) =>
        await AskAsync(Writes(entries), cancellation).ConfigureAwait(false);

    /// <summary>
    /// Reads and changes several entries as one atomic transaction. The changes are written together if no other client wrote what the body had read;
    /// otherwise the body runs again.
    /// </summary>
    /// <typeparam name="TResult">The type of the body's result.</typeparam>
    /// <param name="body">Runs in the caller's process, possibly several times; it should have no side effects besides the transaction.</param>
    /// <returns>The result of the body's last run.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TResult Transact<TResult>(Func<DictionaryTransaction<TKey, TValue>, TResult> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        AsyncVoid.RefuseTask<TResult>(nameof(TransactAsync), nameof(body));
        while (true)
        {
            var transaction = new DictionaryTransaction<TKey, TValue>(
                command => Ask(command, default), command => AskAsync(command, default), Handle.IsRelayed);
            TResult result;
            try
            {
                result = body(transaction);
            }
            catch (Exception) when (!transaction.TryCommit(withWrites: false))
            {
                // The body may have failed on an inconsistent mix of two writers' values, a state that never existed: its error means nothing.
                continue;
            }

            if (transaction.TryCommit(withWrites: true))
            {
                return result;
            }
        }
    }

    /// <summary>
    /// Reads and changes several entries as one atomic transaction without a result. The body runs again when another client wrote what it had read.
    /// </summary>
    /// <param name="body">Runs in the caller's process, possibly several times; it should have no side effects besides the transaction.</param>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Transact(Action<DictionaryTransaction<TKey, TValue>> body)
    {
        AsyncVoid.Refused(body);
        Transact<bool>(transaction =>
        {
            body(transaction);
            return true;
        });
    }

    /// <summary>Copies all entries as of a single moment, in insertion order: Python's <c>copy</c>.</summary>
    /// <returns>A new local dictionary.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public Dictionary<TKey, TValue> GetValue() => new(Snapshot());

    /// <summary>Copies all entries as of a single moment, in insertion order: Python's <c>copy</c>.</summary>
    /// <returns>A new local dictionary.</returns>
    public Dictionary<TKey, TValue> Copy() => GetValue();

    /// <summary>Lists all entries as of a single moment, in insertion order: Python's <c>items</c>.</summary>
    /// <returns>A new local list.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public IReadOnlyList<KeyValuePair<TKey, TValue>> Items() => Snapshot();

    private List<KeyValuePair<TKey, TValue>> Snapshot() =>
        DictionaryPages.Unpack<TKey, TValue>(Ask(new DictionaryCommand.Page(0, int.MaxValue), default).Value);

    private DictionaryCommand.Commit Writes(IEnumerable<KeyValuePair<TKey, TValue>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return new([], [.. entries.Select(pair => (PackKey(pair.Key), (Payload?)Pack(pair.Value)))]);
    }

    private static Dictionary<TKey, TValue> Found(TKey[] keys, Payload reply)
    {
        var reader = new WireReader(reply.Bytes.Span);
        var found = new Dictionary<TKey, TValue>();
        int count = reader.Count(atLeast: 2);
        for (int i = 0; i < count; i++)
        {
            long version = reader.VarInt();
            var value = Multiproc.Peers.References.PayloadFields.Payload(ref reader);
            if (version >= 0)
            {
                found[keys[i]] = Serializer.Unpack<TValue>(value);
            }
        }

        return found;
    }
}
