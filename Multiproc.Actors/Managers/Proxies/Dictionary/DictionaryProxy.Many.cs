using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Several entries in one step.</content>
public sealed partial class DictionaryProxy<TKey, TValue>
{
    /// <summary>Reads many values, all of one moment.</summary>
    /// <param name="keys">The keys.</param>
    /// <returns>Copies of the values of those keys that are there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public Dictionary<TKey, TValue> GetMany(IEnumerable<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        TKey[] asked = [.. keys];
        return Found(asked, Ask(new DictionaryCommand.GetMany(PackedItems.Keys(asked)), default).Value);
    }

    /// <summary>Reads many values, all of one moment, without a blocked thread.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Copies of the values of those keys that are there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public async ValueTask<Dictionary<TKey, TValue>> GetManyAsync(IEnumerable<TKey> keys, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        TKey[] asked = [.. keys];
        return Found(asked, (await AskAsync(new DictionaryCommand.GetMany(PackedItems.Keys(asked)), cancellation).ConfigureAwait(false)).Value);
    }

    /// <summary>Writes many entries in one step: Python's <c>update</c>.</summary>
    /// <param name="entries">Keys and values; of a key that comes twice the last one counts.</param>
    /// <exception cref="SerializationException">A key or value cannot be sent; nothing was written.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void SetMany(IEnumerable<KeyValuePair<TKey, TValue>> entries) => Ask(Writes(entries), default);

    /// <summary>Writes many entries in one step, without a blocked thread.</summary>
    /// <param name="entries">Keys and values; of a key that comes twice the last one counts.</param>
    /// <param name="cancellation">Gives up waiting; they may be written all the same.</param>
    /// <returns>A task that ends when they are there.</returns>
    public async ValueTask SetManyAsync(IEnumerable<KeyValuePair<TKey, TValue>> entries, CancellationToken cancellation = default) =>
        await AskAsync(Writes(entries), cancellation).ConfigureAwait(false);

    /// <summary>
    /// Reads and changes several entries as one step: the changes are written together, if nobody wrote meanwhile what was read;
    /// otherwise the body runs again.
    /// </summary>
    /// <typeparam name="TResult">What the body gives.</typeparam>
    /// <param name="body">Runs here, perhaps several times; it should have no other effects than on the transaction.</param>
    /// <returns>What the body gave at last.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TResult Transact<TResult>(Func<DictionaryTransaction<TKey, TValue>, TResult> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        AsyncVoid.RefuseTask<TResult>(nameof(TransactAsync), nameof(body));
        while (true)
        {
            var transaction = new DictionaryTransaction<TKey, TValue>(command => Ask(command, default), command => AskAsync(command, default));
            TResult result;
            try
            {
                result = body(transaction);
            }
            catch (Exception) when (!transaction.TryCommit(withWrites: false))
            {
                // It failed on what two writers made together, which nobody ever wrote: its error means nothing.
                continue;
            }

            if (transaction.TryCommit(withWrites: true))
            {
                return result;
            }
        }
    }

    /// <summary>The same for a body without a result.</summary>
    /// <param name="body">Runs here, perhaps several times.</param>
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

    /// <summary>A copy of all entries at one moment, in order of insertion. Python's <c>copy</c>.</summary>
    /// <returns>A dictionary of this process.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public Dictionary<TKey, TValue> GetValue() => new(Snapshot());

    /// <summary>The same as <see cref="GetValue"/>.</summary>
    /// <returns>A dictionary of this process.</returns>
    public Dictionary<TKey, TValue> Copy() => GetValue();

    /// <summary>A copy of all entries at one moment, in order of insertion: Python's <c>items</c>.</summary>
    /// <returns>A list of this process.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public IReadOnlyList<KeyValuePair<TKey, TValue>> Items() => Snapshot();

    private List<KeyValuePair<TKey, TValue>> Snapshot() =>
        DictionaryPages.Unpack<TKey, TValue>(Ask(new DictionaryCommand.Page(0, int.MaxValue), default).Value);

    private static DictionaryCommand.Commit Writes(IEnumerable<KeyValuePair<TKey, TValue>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return new([], [.. entries.Select(static pair => (PackedItems.Key(pair.Key), (Payload?)Serializer.Pack(pair.Value)))]);
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
