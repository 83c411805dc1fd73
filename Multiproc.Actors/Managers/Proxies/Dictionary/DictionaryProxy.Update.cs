using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>
/// Functions that make a new value of the known one. In a manager that this program started on this machine they run there; else they run here, and the value is
/// written if nobody else wrote meanwhile.
/// </content>
public sealed partial class DictionaryProxy<TKey, TValue>
{
    private RemoteUpdates? _updates;

    private RemoteUpdates Updates => _updates ??= new RemoteUpdates(Handle, Identity);

    /// <summary>Changes the value of a known key in one step; nobody else's change is lost.</summary>
    /// <remarks>
    /// The function is sent to the manager with what it captured and runs there, once, unless somebody writes the key meanwhile in another way than by
    /// such a function: then again. It runs here instead, again whenever somebody else was faster, when the manager is on another machine or was started by another program,
    /// when something that it captured cannot be sent, or when it changes what it captured. So it should do nothing but compute. Functions for one key wait for each other;
    /// other keys, and plain reads and writes, wait for none.
    /// </remarks>
    /// <param name="key">The key.</param>
    /// <param name="update">Makes the new value from the known one.</param>
    /// <returns>What is there now. What the function throws is thrown here, with its stack there, and nothing has changed.</returns>
    /// <exception cref="KeyNotFoundException">The key is not there.</exception>
    /// <exception cref="InvalidOperationException">It was called by a function that updates the same key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    [OverloadResolutionPriority(1)]
    public TValue Update(TKey key, Func<TValue, TValue> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return Change(key, false, default!, new ValueFunction<TValue>(update, null));
    }

    /// <summary>Changes the inside of the value of a known key in one step; nobody else's change is lost.</summary>
    /// <remarks>Runs where <see cref="Update(TKey, Func{TValue, TValue})"/> does.</remarks>
    /// <param name="key">The key.</param>
    /// <param name="change">Changes the value, as <c>list => list.Add(x)</c>.</param>
    /// <returns>What is there now. What the function throws is thrown here, with its stack there, and nothing has changed.</returns>
    /// <exception cref="KeyNotFoundException">The key is not there.</exception>
    /// <exception cref="InvalidOperationException">It was called by a function that updates the same key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue Update(TKey key, Action<TValue> change)
    {
        AsyncVoid.Refused(change);
        return Change(key, false, default!, new ValueFunction<TValue>(null, change));
    }

    /// <summary>Adds a value for a new key, or changes the value of a known one, in one step; nobody else's change is lost.</summary>
    /// <remarks>Runs where <see cref="Update(TKey, Func{TValue, TValue})"/> does.</remarks>
    /// <param name="key">The key.</param>
    /// <param name="value">The value for a new key.</param>
    /// <param name="update">Makes the new value from the known one.</param>
    /// <returns>What is there now. What the function throws is thrown here, with its stack there, and nothing has changed.</returns>
    /// <exception cref="InvalidOperationException">It was called by a function that updates the same key.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TValue AddOrUpdate(TKey key, TValue value, Func<TValue, TValue> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return Change(key, true, value, new ValueFunction<TValue>(update, null));
    }

    /// <summary>The same as <see cref="Update(TKey, Func{TValue, TValue})"/>, without a blocked thread.</summary>
    /// <param name="key">The key.</param>
    /// <param name="update">Makes the new value from the known one.</param>
    /// <param name="cancellation">Gives up waiting; if its turn had come it may be written all the same.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="KeyNotFoundException">The key is not there.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask<TValue> UpdateAsync(TKey key, Func<TValue, TValue> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return ChangeAsync(key, false, default!, new ValueFunction<TValue>(update, null), cancellation);
    }

    /// <summary>The same as <see cref="Update(TKey, Action{TValue})"/>, without a blocked thread.</summary>
    /// <param name="key">The key.</param>
    /// <param name="change">Changes the value.</param>
    /// <param name="cancellation">Gives up waiting; if its turn had come it may be written all the same.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="KeyNotFoundException">The key is not there.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public ValueTask<TValue> UpdateAsync(TKey key, Action<TValue> change, CancellationToken cancellation = default)
    {
        AsyncVoid.Refused(change);
        return ChangeAsync(key, false, default!, new ValueFunction<TValue>(null, change), cancellation);
    }

    /// <summary>The same as <see cref="AddOrUpdate"/>, without a blocked thread.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value for a new key.</param>
    /// <param name="update">Makes the new value from the known one.</param>
    /// <param name="cancellation">Gives up waiting; if its turn had come it may be written all the same.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public ValueTask<TValue> AddOrUpdateAsync(TKey key, TValue value, Func<TValue, TValue> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return ChangeAsync(key, true, value, new ValueFunction<TValue>(update, null), cancellation);
    }

    private TValue Change(TKey key, bool adds, TValue first, ValueFunction<TValue> function)
    {
        var packedKey = PackedItems.Key(key);
        if (Updates.Command(packedKey, adds ? Serializer.Pack(first) : null, function) is { } command
            && Updates.TryOpen(Updates.Runner.Ask(command, default), function, () => Missing(key), default, out var done))
        {
            return Serializer.Unpack<TValue>(done);
        }

        while (true)
        {
            var known = Ask(new DictionaryCommand.Get(packedKey), default);
            var next = known.Number >= 0 ? function.Apply(Serializer.Unpack<TValue>(known.Value)) : adds ? first : throw Missing(key);
            if (Ask(new DictionaryCommand.CompareAndSet(packedKey, known.Number, Serializer.Pack(next)), default).Number == 1)
            {
                return next;
            }
        }
    }

    private async ValueTask<TValue> ChangeAsync(TKey key, bool adds, TValue first, ValueFunction<TValue> function, CancellationToken cancellation)
    {
        var packedKey = PackedItems.Key(key);
        if (Updates.Command(packedKey, adds ? Serializer.Pack(first) : null, function) is { } command
            && Updates.TryOpen(await Updates.Runner.AskAsync(command, cancellation).ConfigureAwait(false), function, () => Missing(key), cancellation, out var done))
        {
            return Serializer.Unpack<TValue>(done);
        }

        while (true)
        {
            var known = await AskAsync(new DictionaryCommand.Get(packedKey), cancellation).ConfigureAwait(false);
            var next = known.Number >= 0 ? function.Apply(Serializer.Unpack<TValue>(known.Value)) : adds ? first : throw Missing(key);
            if ((await AskAsync(new DictionaryCommand.CompareAndSet(packedKey, known.Number, Serializer.Pack(next)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return next;
            }
        }
    }
}
