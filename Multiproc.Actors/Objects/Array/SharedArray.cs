using System.Collections;
using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// An array in memory that processes share: an element is read and written in place. Its length is fixed. For changes that belong together
/// hold <see cref="GetLock"/>.
/// </summary>
/// <typeparam name="T">A number or any struct without references.</typeparam>
/// <example>
/// <code>
/// using var squares = Mp.Array&lt;int&gt;(10);
/// var child = Mp.Process(static a => { for (int i = 0; i &lt; a.Length; i++) a[i] = i * i; }, squares);
/// child.Start();
/// child.Join();
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed unsafe class SharedArray<T> : SharedObject, IReadOnlyList<T>, ISelfCoded<SharedArray<T>>
    where T : unmanaged
{
    private readonly SharedRLock? _lock;
    private T* _address;

    internal SharedArray(ObjectHandle handle, int length, SharedRLock? gate)
        : base(handle)
    {
        Length = length;
        _lock = gate;
    }

    /// <summary>How many elements it has.</summary>
    public int Length { get; }

    int IReadOnlyCollection<T>.Count => Length;

    /// <summary>The elements in place. The span must not be used after the array was disposed.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public Span<T> Span => new(Address, Length);

    private protected override string Kind => $"SharedArray<{typeof(T).Name}>[{Length}]";

    private T* Address => _address != null ? _address : Attach();

    /// <summary>An element, in place.</summary>
    /// <param name="index">From 0 to <see cref="Length"/> - 1.</param>
    /// <returns>The element.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public T this[int index]
    {
        get => *At(index);
        set => *At(index) = value;
    }

    /// <summary>A part of the elements, in place.</summary>
    /// <param name="range">Which.</param>
    /// <returns>A span of shared memory; it must not be used after the array was disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the array.</exception>
    public Span<T> this[Range range] => Span[range];

    /// <summary>The lock that belongs to the array.</summary>
    /// <returns>The same lock in every process.</returns>
    /// <exception cref="InvalidOperationException">It was made without one.</exception>
    public SharedRLock GetLock() => _lock ?? throw new InvalidOperationException($"{this} was made without a lock (RawArray, or @lock: false).");

    /// <summary>The same as <see cref="Span"/>: Python's name for the array without its lock.</summary>
    /// <returns>The elements in place.</returns>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public Span<T> GetObj() => Span;

    /// <summary>Copies the elements as they are at the moment.</summary>
    /// <returns>An array of this process.</returns>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public T[] ToArray() => Span.ToArray();

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (int i = 0; i < Length; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    static SharedArray<T> ISelfCoded<SharedArray<T>>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        int length = checked((int)Math.Min(reader.VarUInt(), int.MaxValue));
        handle.RequireMemory((long)length * sizeof(T));
        return new SharedArray<T>(handle, length, reader.Bool() ? new SharedRLock(ObjectHandle.ReadFrom(ref reader)) : null);
    }

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)Length);
        writer.Bool(_lock is not null);
        _lock?.Handle.WriteTo(writer);
    }

    private protected override void Dispose(bool disposing)
    {
        _address = null;
        _lock?.Dispose();
        base.Dispose(disposing);
    }

    private T* At(int index)
    {
        if ((uint)index >= (uint)Length)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"{this} has elements 0 to {Length - 1}.");
        }

        return Address + index;
    }

    private T* Attach() => _address = (T*)Handle.Memory;
}
