using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Lists;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>One value in a manager, of any type that can be sent. It has no lock: <see cref="Update(Func{T, T})"/> and <see cref="Increment"/> lose nothing.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed partial class ValueProxy<T> : BaseProxy, ISelfCoded<ValueProxy<T>>
{
    internal ValueProxy(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>A copy of the value, or a new one.</summary>
    /// <exception cref="SerializationException">The value cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Value
    {
        get => Serializer.Unpack<T>(Ask(new ListCommand.Get(0), default).Value);
        set => Ask(new ListCommand.Set(0, Serializer.Pack(value)), default);
    }

    private protected override string Kind => $"ValueProxy<{typeof(T).Name}>";

    /// <summary>Reads the value, as Python's <c>get</c>.</summary>
    /// <returns>A copy.</returns>
    public T Get() => Value;

    /// <summary>Writes the value, as Python's <c>set</c>.</summary>
    /// <param name="value">The new value.</param>
    public void Set(T value) => Value = value;

    /// <summary>A copy of the value.</summary>
    /// <returns>The same as <see cref="Value"/>.</returns>
    public T GetValue() => Value;

    /// <summary>Reads the value without a blocked thread.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A copy.</returns>
    public async ValueTask<T> GetAsync(CancellationToken cancellation = default) =>
        Serializer.Unpack<T>((await AskAsync(new ListCommand.Get(0), cancellation).ConfigureAwait(false)).Value);

    /// <summary>Writes the value without a blocked thread.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="cancellation">Gives up waiting; it may be written all the same.</param>
    /// <returns>A task that ends when it is there.</returns>
    public async ValueTask SetAsync(T value, CancellationToken cancellation = default) =>
        await AskAsync(new ListCommand.Set(0, Serializer.Pack(value)), cancellation).ConfigureAwait(false);

    /// <summary>Changes the value; nobody else's change is lost.</summary>
    /// <param name="update">Makes the new value from the known one; called here, again when somebody else was faster.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    [OverloadResolutionPriority(1)]
    public T Update(Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        while (true)
        {
            var known = Ask(new ListCommand.Get(0), default).Value;
            var next = update(Serializer.Unpack<T>(known));
            if (Ask(new ListCommand.CompareAndSet(0, known, Serializer.Pack(next)), default).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>Changes the inside of the value and writes it back; nobody else's change is lost.</summary>
    /// <param name="change">Changes a copy; called here, again when somebody else was faster.</param>
    /// <returns>What is there now.</returns>
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

    /// <summary>Sets the value if it still equals the expected one, in one step.</summary>
    /// <param name="expected">What must be there.</param>
    /// <param name="value">The new value.</param>
    /// <returns>False when something else is there.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool CompareAndSet(T expected, T value) =>
        Ask(new ListCommand.CompareAndSet(0, Serializer.Pack(expected), Serializer.Pack(value)), default).Number == 1;

    /// <summary>Adds to the value in one step. It must be of type int or long.</summary>
    /// <param name="amount">What is added; default 1.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="InvalidOperationException">The value is not a whole number.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public long Increment(long amount = 1)
    {
        RequireNumber();
        return Ask(new ListCommand.Increment(0, amount), default).Number;
    }

    static ValueProxy<T> ISelfCoded<ValueProxy<T>>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));

    private void RequireNumber()
    {
        if (typeof(T) != typeof(int) && typeof(T) != typeof(long))
        {
            throw new InvalidOperationException($"{Identity} cannot count: it is not long or int. Use Update.");
        }
    }

    private protected override string Describe() => $"Value({ProxyText.Of(Value)})";
}
