using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Lists;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Represents a single value of any sendable type in a manager's process; made by <c>manager.Value</c>. It has no lock: <see cref="Update(Func{T, T})"/> and
/// <see cref="Increment"/> are atomic.
/// </summary>
/// <example>
/// <code>
/// using var manager = Mp.Manager();
/// var total = manager.Value(0L);
/// total.Increment(5);
/// Console.WriteLine(total.Value); // 5
/// </code>
/// </example>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed partial class ValueProxy<T> : BaseProxy, ISelfCoded<ValueProxy<T>>
{
    internal ValueProxy(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets a copy of the value, or sets it.</summary>
    /// <exception cref="SerializationException">The value cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Value
    {
        get => Serializer.Unpack<T>(Ask(new ListCommand.Get(0), default).Value);
        set => Ask(new ListCommand.Set(0, Pack(value)), default);
    }

    private protected override string Kind => $"ValueProxy<{typeof(T).Name}>";

    /// <summary>Reads a copy of the value: Python's <c>get</c>.</summary>
    /// <returns>A copy of the value.</returns>
    public T Get() => Value;

    /// <summary>Sets the value: Python's <c>set</c>.</summary>
    /// <param name="value">The new value.</param>
    public void Set(T value) => Value = value;

    /// <summary>Reads a copy of the value, like <see cref="Value"/>.</summary>
    /// <returns>A copy of the value.</returns>
    public T GetValue() => Value;

    /// <summary>Asynchronously reads a copy of the value.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A copy of the value.</returns>
    public async ValueTask<T> GetAsync(CancellationToken cancellation = default) =>
        Serializer.Unpack<T>((await AskAsync(new ListCommand.Get(0), cancellation).ConfigureAwait(false)).Value);

    /// <summary>Asynchronously sets the value.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="cancellation">Cancels the wait; it may still be written.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public async ValueTask SetAsync(T value, CancellationToken cancellation = default) =>
        await AskAsync(new ListCommand.Set(0, Pack(value)), cancellation).ConfigureAwait(false);

    /// <summary>Updates the value atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="update">Computes the new value from the current one. Runs in the caller's process, again after each concurrent write.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    [OverloadResolutionPriority(1)]
    public T Update(Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        while (true)
        {
            var known = Ask(new ListCommand.Get(0), default).Value;
            var next = update(Serializer.Unpack<T>(known));
            if (Ask(new ListCommand.CompareAndSet(0, known, Pack(next)), default).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>Mutates the value atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="change">Mutates a copy. Runs in the caller's process, again after each concurrent write.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Update(Action<T> change)
    {
        AsyncVoid.Refused(change);
        return Update(value =>
        {
            change(value);
            return value;
        });
    }

    /// <summary>Sets the value if it equals the expected one, in one atomic step.</summary>
    /// <param name="expected">The expected current value.</param>
    /// <param name="value">The new value.</param>
    /// <returns>True if the value was set; false if the current value differs.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool CompareAndSet(T expected, T value) =>
        Ask(new ListCommand.CompareAndSet(0, Pack(expected), Pack(value)), default).Number == 1;

    /// <summary>Adds to the value, which must be of type int or long, in one atomic step.</summary>
    /// <param name="amount">The amount to add; default 1.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="InvalidOperationException">The value is not of type int or long.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public long Increment(long amount = 1)
    {
        RequireNumber();
        return Ask(new ListCommand.Increment(0, amount), default).Number;
    }

    internal Payload PackValue(T value) => Pack(value);

    internal Payload ReadPacked() => Ask(new ListCommand.Get(0), default).Value;

    internal bool TryReplacePacked(Payload known, Payload next) => Ask(new ListCommand.CompareAndSet(0, known, next), default).Number == 1;

    static ValueProxy<T> ISelfCoded<ValueProxy<T>>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));

    private void RequireNumber()
    {
        if (typeof(T) != typeof(int) && typeof(T) != typeof(long))
        {
            throw new InvalidOperationException($"{Identity} cannot increment: it is not long or int. Use Update.");
        }
    }

    private protected override string Describe() => $"Value({ProxyText.Of(Value)})";
}
