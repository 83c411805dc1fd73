using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>
/// Functions that compute a new value from the current one. They run in the manager if this program started it on this machine; otherwise they run in the
/// caller's process, and the result is written by compare-and-set.
/// </content>
public sealed partial class DictionaryProxy<TKey, TValue>
{
    private RemoteUpdates? _updates;

    private RemoteUpdates Updates => _updates ??= new RemoteUpdates(Handle, Identity);

    /// <summary>Updates the value of an existing key atomically, by a function that computes the new value from the current one.</summary>
    /// <remarks>
    /// The function should be pure. It is sent to the manager with the variables that it captured and runs there once, or again if a plain write changes the
    /// key meanwhile. It runs in the caller's process, again after each concurrent write, when the manager is on another machine or was started by another
    /// program, when a captured variable cannot be serialized, or when the function changes its captured variables. Functions for one key run one after the
    /// other; operations on other keys, and plain reads and writes, wait for none.
    /// </remarks>
    /// <param name="key">The key.</param>
    /// <param name="update">Computes the new value from the current one.</param>
    /// <returns>The new value. An exception of the function is rethrown to the caller with its remote stack trace, and nothing is changed.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary does not contain the key.</exception>
    /// <exception cref="InvalidOperationException">The call came from inside a function that updates the same key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    [OverloadResolutionPriority(1)]
    public TValue Update(TKey key, Func<TValue, TValue> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return Change(key, false, default!, new ValueFunction<TValue>(update, null));
    }

    /// <summary>Mutates the value of an existing key atomically: <c>dictionary.Update("k", list => list.Add(x))</c>.</summary>
    /// <remarks>The function runs where that of <see cref="Update(TKey, Func{TValue, TValue})"/> runs.</remarks>
    /// <param name="key">The key.</param>
    /// <param name="change">Mutates the value, for example <c>list => list.Add(x)</c>.</param>
    /// <returns>The new value. An exception of the function is rethrown to the caller with its remote stack trace, and nothing is changed.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary does not contain the key.</exception>
    /// <exception cref="InvalidOperationException">The call came from inside a function that updates the same key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue Update(TKey key, Action<TValue> change)
    {
        AsyncVoid.Refused(change);
        return Change(key, false, default!, new ValueFunction<TValue>(null, change));
    }

    /// <summary>Adds a value for a new key, or updates the value of an existing one, in one atomic step.</summary>
    /// <remarks>The function runs where that of <see cref="Update(TKey, Func{TValue, TValue})"/> runs.</remarks>
    /// <param name="key">The key.</param>
    /// <param name="value">The value to add if the key is new.</param>
    /// <param name="update">Computes the new value from the current one.</param>
    /// <returns>The new value. An exception of the function is rethrown to the caller with its remote stack trace, and nothing is changed.</returns>
    /// <exception cref="InvalidOperationException">The call came from inside a function that updates the same key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue AddOrUpdate(TKey key, TValue value, Func<TValue, TValue> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return Change(key, true, value, new ValueFunction<TValue>(update, null));
    }

    /// <summary>Asynchronously updates the value of an existing key atomically, by a function that computes the new value from the current one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="update">Computes the new value from the current one.</param>
    /// <param name="cancellation">Cancels the wait; an update that had started may still be written.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary does not contain the key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask<TValue> UpdateAsync(TKey key, Func<TValue, TValue> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return ChangeAsync(key, false, default!, new ValueFunction<TValue>(update, null), cancellation);
    }

    /// <summary>Asynchronously mutates the value of an existing key atomically: <c>dictionary.Update("k", list => list.Add(x))</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="change">Mutates the value, for example <c>list => list.Add(x)</c>.</param>
    /// <param name="cancellation">Cancels the wait; an update that had started may still be written.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="KeyNotFoundException">The dictionary does not contain the key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public ValueTask<TValue> UpdateAsync(TKey key, Action<TValue> change, CancellationToken cancellation = default)
    {
        AsyncVoid.Refused(change);
        return ChangeAsync(key, false, default!, new ValueFunction<TValue>(null, change), cancellation);
    }

    /// <summary>Asynchronously adds a value for a new key, or updates the value of an existing one, in one atomic step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value to add if the key is new.</param>
    /// <param name="update">Computes the new value from the current one.</param>
    /// <param name="cancellation">Cancels the wait; an update that had started may still be written.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public ValueTask<TValue> AddOrUpdateAsync(TKey key, TValue value, Func<TValue, TValue> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return ChangeAsync(key, true, value, new ValueFunction<TValue>(update, null), cancellation);
    }

    private TValue Change(TKey key, bool adds, TValue first, ValueFunction<TValue> function)
    {
        var packedKey = PackKey(key);
        if (Updates.Command(packedKey, adds ? Pack(first) : null, function) is { } command
            && Updates.TryOpen(Updates.Runner.Ask(command, default), function, () => Missing(key), default, out var done))
        {
            return Serializer.Unpack<TValue>(done);
        }

        while (true)
        {
            var known = Ask(new DictionaryCommand.Get(packedKey), default);
            var next = known.Number >= 0 ? function.Apply(Serializer.Unpack<TValue>(known.Value)) : adds ? first : throw Missing(key);
            if (Ask(new DictionaryCommand.CompareAndSet(packedKey, known.Number, Pack(next)), default).Number == 1)
            {
                return next;
            }
        }
    }

    private async ValueTask<TValue> ChangeAsync(TKey key, bool adds, TValue first, ValueFunction<TValue> function, CancellationToken cancellation)
    {
        var packedKey = PackKey(key);
        if (Updates.Command(packedKey, adds ? Pack(first) : null, function) is { } command
            && Updates.TryOpen(
                await Updates.Runner.AskAsync(command, cancellation).ConfigureAwait(false), function, () => Missing(key), cancellation, out var done))
        {
            return Serializer.Unpack<TValue>(done);
        }

        while (true)
        {
            var known = await AskAsync(new DictionaryCommand.Get(packedKey), cancellation).ConfigureAwait(false);
            var next = known.Number >= 0 ? function.Apply(Serializer.Unpack<TValue>(known.Value)) : adds ? first : throw Missing(key);
            if ((
                    await AskAsync(
                        new DictionaryCommand.CompareAndSet(packedKey, known.Number, Pack(next)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return next;
            }
        }
    }
}
