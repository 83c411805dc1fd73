using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Asynchronous atomic operations. All of them throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class DictionaryProxy<TKey, TValue>
{
    /// <summary>Asynchronously reads a copy of the value of a key, if the key exists.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>Whether the key was found, and a copy of its value.</returns>
    public async ValueTask<(bool Found, TValue? Value)> TryGetValueAsync(TKey key, CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new DictionaryCommand.Get(PackKey(key)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? (true, Serializer.Unpack<TValue>(reply.Value)) : (false, default);
    }

    /// <summary>Asynchronously adds an entry, whose key must be new.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellation">Cancels the wait; it may still be added.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ArgumentException">The dictionary already contains the key.</exception>
    public async ValueTask AddAsync(TKey key, TValue value, CancellationToken cancellation = default)
    {
        if (!await TryAddAsync(key, value, cancellation).ConfigureAwait(false))
        {
            throw new ArgumentException($"{Identity} already has the key '{key}'.", nameof(key));
        }
    }

    /// <summary>Asynchronously removes an entry and returns its value: Python's <c>pop</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Cancels the wait; the entry may still be removed.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary does not contain the key.</exception>
    public async ValueTask<TValue> PopAsync(TKey key, CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new DictionaryCommand.Remove(PackKey(key)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? Serializer.Unpack<TValue>(reply.Value) : throw Missing(key);
    }

    /// <summary>Asynchronously removes an entry and returns its value, or a default if the key is missing: Python's <c>pop</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">The value to return if the key is missing.</param>
    /// <param name="cancellation">Cancels the wait; the entry may still be removed.</param>
    /// <returns>The value.</returns>
    public async ValueTask<TValue> PopAsync(TKey key, TValue otherwise, CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new DictionaryCommand.Remove(PackKey(key)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? Serializer.Unpack<TValue>(reply.Value) : otherwise;
    }

    /// <summary>Asynchronously removes and returns the newest entry: Python's <c>popitem</c>.</summary>
    /// <param name="cancellation">Cancels the wait; the entry may still be removed.</param>
    /// <returns>The key and the value of the newest entry.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary is empty.</exception>
    public async ValueTask<KeyValuePair<TKey, TValue>> PopItemAsync(CancellationToken cancellation = default) =>
        Popped(await AskAsync(DictionaryCommand.PopLast.Instance, cancellation).ConfigureAwait(false));

    /// <summary>Asynchronously adds to several integer values in one atomic step; missing keys count from 0.</summary>
    /// <param name="amounts">The keys, each with the amount to add to its value.</param>
    /// <param name="cancellation">Cancels the wait; they may still be added.</param>
    /// <returns>The new value of the last key.</returns>
    /// <exception cref="InvalidOperationException">The values are not of type int or long; nothing changed.</exception>
    public async ValueTask<long> IncrementManyAsync(IEnumerable<KeyValuePair<TKey, long>> amounts, CancellationToken cancellation = default) =>
        (await AskAsync(Increments(amounts), cancellation).ConfigureAwait(false)).Number;

    /// <summary>
    /// Asynchronously adds to several integer values in one atomic step, at most once: a marker key records that it was done. So the call can be repeated
    /// safely when the outcome of an earlier attempt is unknown, for example because the process that made it died.
    /// </summary>
    /// <param name="mark">The key that marks the increments as made: it is added with the value 1. If it exists already, nothing changes.</param>
    /// <param name="amounts">The keys, each with the amount to add to its value.</param>
    /// <param name="cancellation">Cancels the wait; they may still be added.</param>
    /// <returns>True if the amounts were added; false if the mark existed already.</returns>
    /// <exception cref="InvalidOperationException">The values are not of type int or long; nothing changed.</exception>
    public async ValueTask<bool> TryIncrementManyAsync(TKey mark, IEnumerable<KeyValuePair<TKey, long>> amounts, CancellationToken cancellation = default) =>
        (await AskAsync(new DictionaryCommand.IncrementOnce(PackKey(mark), Increments(amounts)), cancellation).ConfigureAwait(false)).Number == 1;

    /// <summary>
    /// Asynchronously reads and changes several entries as one atomic transaction, whose body may await. The body runs again when another client wrote what it
    /// had read.
    /// </summary>
    /// <typeparam name="TResult">The type of the body's result.</typeparam>
    /// <param name="body">
    /// Runs in the caller's process, possibly several times; it should have no side effects besides the transaction. It reads by <c>GetAsync</c> and
    /// <c>TryGetValueAsync</c>.
    /// </param>
    /// <param name="cancellation">Cancels the transaction; its changes may already have been written.</param>
    /// <returns>The result of the body's last run.</returns>
    public async ValueTask<TResult> TransactAsync<TResult>(
        Func<DictionaryTransaction<TKey, TValue>, ValueTask<TResult>> body, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var transaction = new DictionaryTransaction<TKey, TValue>(
                command => Ask(command, cancellation), command => AskAsync(command, cancellation), Handle.IsRelayed);
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
                // The body may have failed on an inconsistent mix of two writers' values, a state that never existed: its error means nothing.
                continue;
            }

            if (failure is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }

            return result!;
        }
    }

    /// <summary>
    /// Asynchronously reads and changes several entries as one atomic transaction without a result. The body runs again when another client wrote what it had
    /// read.
    /// </summary>
    /// <param name="body">Runs in the caller's process, possibly several times; it should have no side effects besides the transaction.</param>
    /// <param name="cancellation">Cancels the transaction; its changes may already have been written.</param>
    /// <returns>A task that completes when the changes are written.</returns>
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
