using Multiproc.Objects;
using Multiproc.Peers;

namespace Multiproc;

/// <summary>
/// A value in shared memory whose type is known only at run time, as in <c>Mp.Value('i')</c>. Every instance is a <see cref="SharedValue{T}"/>.
/// </summary>
public abstract class SharedValue : SynchronizedObject
{
    private protected SharedValue(ObjectHandle handle, ValueLock gate)
        : base(handle, gate)
    {
    }

    /// <summary>The type of the value.</summary>
    public abstract Type ValueType { get; }

    /// <summary>Casts this object to <see cref="SharedValue{T}"/>.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <returns>This object.</returns>
    /// <exception cref="InvalidCastException">The value has a different type.</exception>
    public SharedValue<T> As<T>()
        where T : unmanaged => this as SharedValue<T>
        ?? throw new InvalidCastException($"{this} has a value of {ValueType}, not of {typeof(T)}.");
}
