using Multiproc.Objects;
using Multiproc.Peers;

namespace Multiproc;

/// <summary>
/// An array in shared memory whose element type is known only at run time, as in <c>Mp.Array('i', 10)</c>. Every instance is a
/// <see cref="SharedArray{T}"/>.
/// </summary>
public abstract class SharedArray : SynchronizedObject
{
    private protected SharedArray(ObjectHandle handle, int length, ValueLock gate)
        : base(handle, gate) => Length = length;

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The type of the elements.</summary>
    public abstract Type ElementType { get; }

    /// <summary>Casts this object to <see cref="SharedArray{T}"/>.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <returns>This object.</returns>
    /// <exception cref="InvalidCastException">The elements have a different type.</exception>
    public SharedArray<T> As<T>()
        where T : unmanaged => this as SharedArray<T>
        ?? throw new InvalidCastException($"{this} has elements of {ElementType}, not of {typeof(T)}.");
}
