using Multiproc.Objects;
using Multiproc.Peers;

namespace Multiproc;

/// <summary>A value in shared memory whose type stands in a variable, as after <c>Mp.Value('i')</c>. It is a <see cref="SharedValue{T}"/>.</summary>
public abstract class SharedValue : SynchronizedObject
{
    private protected SharedValue(ObjectHandle handle, ValueLock gate)
        : base(handle, gate)
    {
    }

    /// <summary>What the value is.</summary>
    public abstract Type ValueType { get; }

    /// <summary>Gives this value with its type.</summary>
    /// <typeparam name="T">What the value is.</typeparam>
    /// <returns>This object.</returns>
    /// <exception cref="InvalidCastException">The value is something else.</exception>
    public SharedValue<T> As<T>()
        where T : unmanaged => this as SharedValue<T>
        ?? throw new InvalidCastException($"{this} has a value of {ValueType}, not of {typeof(T)}.");
}
