using Multiproc.Objects;
using Multiproc.Peers;

namespace Multiproc;

/// <summary>An array in shared memory whose element type stands in a variable, as after <c>Mp.Array('i', 10)</c>. It is a <see cref="SharedArray{T}"/>.</summary>
public abstract class SharedArray : SynchronizedObject
{
    private protected SharedArray(ObjectHandle handle, int length, ValueLock gate)
        : base(handle, gate) => Length = length;

    /// <summary>How many elements it has.</summary>
    public int Length { get; }

    /// <summary>What its elements are.</summary>
    public abstract Type ElementType { get; }

    /// <summary>The array with its element type.</summary>
    /// <typeparam name="T">What the elements are.</typeparam>
    /// <returns>The same object.</returns>
    /// <exception cref="InvalidCastException">The elements are something else.</exception>
    public SharedArray<T> As<T>()
        where T : unmanaged => this as SharedArray<T>
        ?? throw new InvalidCastException($"{this} has elements of {ElementType}, not of {typeof(T)}.");
}
