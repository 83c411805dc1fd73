using System.Runtime.CompilerServices;
using Multiproc.Objects.Lists;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Changes without a blocked thread. All of these throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class ValueProxy<T>
{
    /// <summary>The same as <see cref="GetValue"/>.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A copy of the value.</returns>
    public ValueTask<T> GetValueAsync(CancellationToken cancellation = default) => GetAsync(cancellation);

    /// <summary>The same as <see cref="Update(Func{T, T})"/>.</summary>
    /// <param name="update">Makes the new value from the known one; called here, again when somebody else was faster.</param>
    /// <param name="cancellation">Gives up waiting; the last try may have been written.</param>
    /// <returns>What is there now.</returns>
    [OverloadResolutionPriority(1)]
    public async ValueTask<T> UpdateAsync(Func<T, T> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        while (true)
        {
            var known = (await AskAsync(new ListCommand.Get(0), cancellation).ConfigureAwait(false)).Value;
            var next = update(Serializer.Unpack<T>(known));
            if ((await AskAsync(new ListCommand.CompareAndSet(0, known, Serializer.Pack(next)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>The same as <see cref="Update(Action{T})"/>.</summary>
    /// <param name="change">Changes a copy; called here, again when somebody else was faster.</param>
    /// <param name="cancellation">Gives up waiting; the last try may have been written.</param>
    /// <returns>What is there now.</returns>
    public ValueTask<T> UpdateAsync(Action<T> change, CancellationToken cancellation = default)
    {
        AsyncVoid.Refused(change);
        return UpdateAsync(
            value =>
            {
                change(value);
                return value;
            },
            cancellation);
    }

    /// <summary>The same as <see cref="CompareAndSet"/>.</summary>
    /// <param name="expected">What must be there.</param>
    /// <param name="value">The new value.</param>
    /// <param name="cancellation">Gives up waiting; it may be set all the same.</param>
    /// <returns>False when something else is there.</returns>
    public async ValueTask<bool> CompareAndSetAsync(T expected, T value, CancellationToken cancellation = default) =>
        (await AskAsync(new ListCommand.CompareAndSet(0, Serializer.Pack(expected), Serializer.Pack(value)), cancellation).ConfigureAwait(false)).Number == 1;

    /// <summary>The same as <see cref="Increment"/>.</summary>
    /// <param name="amount">What is added; default 1.</param>
    /// <param name="cancellation">Gives up waiting; it may be added all the same.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="InvalidOperationException">The value is not a whole number.</exception>
    public async ValueTask<long> IncrementAsync(long amount = 1, CancellationToken cancellation = default)
    {
        RequireNumber();
        return (await AskAsync(new ListCommand.Increment(0, amount), cancellation).ConfigureAwait(false)).Number;
    }
}
