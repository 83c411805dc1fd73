using System.Runtime.CompilerServices;
using Multiproc.Objects.Lists;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Asynchronous changes. All of them throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class ValueProxy<T>
{
    /// <summary>Asynchronously reads a copy of the value, like <see cref="Value"/>.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A copy of the value.</returns>
    public ValueTask<T> GetValueAsync(CancellationToken cancellation = default) => GetAsync(cancellation);

    /// <summary>Asynchronously updates the value atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="update">Computes the new value from the current one. Runs in the caller's process, again after each concurrent write.</param>
    /// <param name="cancellation">Cancels the wait; the last attempt may have been written.</param>
    /// <returns>The value after the call.</returns>
    [OverloadResolutionPriority(1)]
    public async ValueTask<T> UpdateAsync(Func<T, T> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        while (true)
        {
            var known = (await AskAsync(new ListCommand.Get(0), cancellation).ConfigureAwait(false)).Value;
            var next = update(Serializer.Unpack<T>(known));
            if ((await AskAsync(new ListCommand.CompareAndSet(0, known, Pack(next)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>Asynchronously mutates the value atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="change">Mutates a copy. Runs in the caller's process, again after each concurrent write.</param>
    /// <param name="cancellation">Cancels the wait; the last attempt may have been written.</param>
    /// <returns>The value after the call.</returns>
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

    /// <summary>Asynchronously sets the value if it equals the expected one, in one atomic step.</summary>
    /// <param name="expected">The expected current value.</param>
    /// <param name="value">The new value.</param>
    /// <param name="cancellation">Cancels the wait; it may still be set.</param>
    /// <returns>True if the value was set; false if the current value differs.</returns>
    public async ValueTask<bool> CompareAndSetAsync(T expected, T value, CancellationToken cancellation = default) =>
        (await AskAsync(new ListCommand.CompareAndSet(0, Pack(expected), Pack(value)), cancellation).ConfigureAwait(false)).Number == 1;

    /// <summary>Asynchronously adds to the value, which must be of type int or long, in one atomic step.</summary>
    /// <param name="amount">The amount to add; default 1.</param>
    /// <param name="cancellation">Cancels the wait; it may still be added.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="InvalidOperationException">The value is not of type int or long.</exception>
    public async ValueTask<long> IncrementAsync(long amount = 1, CancellationToken cancellation = default)
    {
        RequireNumber();
        return (await AskAsync(new ListCommand.Increment(0, amount), cancellation).ConfigureAwait(false)).Number;
    }

    internal async ValueTask<Payload> ReadPackedAsync(CancellationToken cancellation) =>
        (await AskAsync(new ListCommand.Get(0), cancellation).ConfigureAwait(false)).Value;

    internal async ValueTask<bool> TryReplacePackedAsync(Payload known, Payload next) =>
        (await AskAsync(new ListCommand.CompareAndSet(0, known, next), CancellationToken.None).ConfigureAwait(false)).Number == 1;
}
