using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Steps that give and count, without a blocked thread. All of these throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class DictionaryProxy<TKey, TValue>
{
    /// <summary>The same as <see cref="TryGetValue"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Whether it is there, and a copy of the value.</returns>
    public async ValueTask<(bool Found, TValue? Value)> TryGetValueAsync(TKey key, CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new DictionaryCommand.Get(PackedItems.Key(key)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? (true, Serializer.Unpack<TValue>(reply.Value)) : (false, default);
    }

    /// <summary>The same as <see cref="Add(TKey, TValue)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellation">Gives up waiting; it may be added all the same.</param>
    /// <returns>A task that ends when it is there.</returns>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public async ValueTask AddAsync(TKey key, TValue value, CancellationToken cancellation = default)
    {
        if (!await TryAddAsync(key, value, cancellation).ConfigureAwait(false))
        {
            throw new ArgumentException($"{Identity} has the key '{key}' already.", nameof(key));
        }
    }

    /// <summary>The same as <see cref="Pop(TKey)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Gives up waiting; the entry may be removed all the same.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">The key is not there.</exception>
    public async ValueTask<TValue> PopAsync(TKey key, CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new DictionaryCommand.Remove(PackedItems.Key(key)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? Serializer.Unpack<TValue>(reply.Value) : throw Missing(key);
    }

    /// <summary>The same as <see cref="Pop(TKey, TValue)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What is given when the key is not there.</param>
    /// <param name="cancellation">Gives up waiting; the entry may be removed all the same.</param>
    /// <returns>The value.</returns>
    public async ValueTask<TValue> PopAsync(TKey key, TValue otherwise, CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new DictionaryCommand.Remove(PackedItems.Key(key)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? Serializer.Unpack<TValue>(reply.Value) : otherwise;
    }

    /// <summary>The same as <see cref="PopItem"/>.</summary>
    /// <param name="cancellation">Gives up waiting; the entry may be removed all the same.</param>
    /// <returns>Key and value of the newest entry.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary is empty.</exception>
    public async ValueTask<KeyValuePair<TKey, TValue>> PopItemAsync(CancellationToken cancellation = default) =>
        Popped(await AskAsync(DictionaryCommand.PopLast.Instance, cancellation).ConfigureAwait(false));

    /// <summary>The same as <see cref="IncrementMany"/>.</summary>
    /// <param name="amounts">What is added to which key.</param>
    /// <param name="cancellation">Gives up waiting; they may be added all the same.</param>
    /// <returns>The last new number.</returns>
    /// <exception cref="InvalidOperationException">The values are not whole numbers; nothing changed.</exception>
    public async ValueTask<long> IncrementManyAsync(IEnumerable<KeyValuePair<TKey, long>> amounts, CancellationToken cancellation = default) =>
        (await AskAsync(Increments(amounts), cancellation).ConfigureAwait(false)).Number;

    /// <summary>The same as <see cref="TryIncrementMany"/>.</summary>
    /// <param name="mark">Becomes a key with the value 1; when it is one already, nothing changes.</param>
    /// <param name="amounts">What is added to which key.</param>
    /// <param name="cancellation">Gives up waiting; they may be added all the same.</param>
    /// <returns>False when it was done before.</returns>
    /// <exception cref="InvalidOperationException">The values are not whole numbers; nothing changed.</exception>
    public async ValueTask<bool> TryIncrementManyAsync(TKey mark, IEnumerable<KeyValuePair<TKey, long>> amounts, CancellationToken cancellation = default) =>
        (await AskAsync(new DictionaryCommand.IncrementOnce(PackedItems.Key(mark), Increments(amounts)), cancellation).ConfigureAwait(false)).Number == 1;

    /// <summary>The same as <see cref="Transact{TResult}"/>, for a body that awaits.</summary>
    /// <typeparam name="TResult">What the body gives.</typeparam>
    /// <param name="body">Runs here, perhaps several times; it should have no other effects than on the transaction. It reads by <c>GetAsync</c> and <c>TryGetValueAsync</c>.</param>
    /// <param name="cancellation">Gives up; the changes may have been written all the same.</param>
    /// <returns>What the body gave at last.</returns>
    public async ValueTask<TResult> TransactAsync<TResult>(Func<DictionaryTransaction<TKey, TValue>, ValueTask<TResult>> body, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var transaction = new DictionaryTransaction<TKey, TValue>(command => Ask(command, cancellation), command => AskAsync(command, cancellation));
            TResult? result = default;
            Exception? failure = null;
            try
            {
                result = await body(transaction).ConfigureAwait(false);
            }
            catch (Exception thrown) when (!cancellation.IsCancellationRequested)
            {
                failure = thrown;
            }

            if (!await transaction.TryCommitAsync(withWrites: failure is null).ConfigureAwait(false))
            {
                // Also a failure means nothing when it is of what two writers made together, which nobody ever wrote.
                continue;
            }

            if (failure is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }

            return result!;
        }
    }

    /// <summary>The same for a body without a result.</summary>
    /// <param name="body">Runs here, perhaps several times.</param>
    /// <param name="cancellation">Gives up; the changes may have been written all the same.</param>
    /// <returns>A task that ends when the changes are written.</returns>
    public async ValueTask TransactAsync(Func<DictionaryTransaction<TKey, TValue>, ValueTask> body, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        await TransactAsync(
            async transaction =>
            {
                await body(transaction).ConfigureAwait(false);
                return true;
            },
            cancellation).ConfigureAwait(false);
    }
}
