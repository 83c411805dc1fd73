using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Multiproc.Objects;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// An array of fixed length in memory that processes share; elements are read and written in place. To make several changes atomic, hold its lock
/// (<see cref="SynchronizedObject.GetLock"/>).
/// </summary>
/// <typeparam name="T">The type of the elements: a number, or any struct without references.</typeparam>
/// <example>
/// <code>
/// using var squares = Mp.Array&lt;int&gt;(10);
/// var child = Mp.Process(static a => { for (int i = 0; i &lt; a.Length; i++) a[i] = i * i; }, squares);
/// child.Start();
/// child.Join();
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed unsafe partial class SharedArray<T> : SharedArray, IReadOnlyList<T>, ISelfCoded<SharedArray<T>>
    where T : unmanaged
{
    // Volatile: the compiler would take it out of a loop over elements, which would then not see that another thread disposes the array.
    private volatile T* _address;
    private bool _isKept;

    internal SharedArray(ObjectHandle handle, int length, ValueLock gate)
        : base(handle, length, gate) => PlainMemory.Require<T>();

    int IReadOnlyCollection<T>.Count => Length;

    /// <inheritdoc/>
    public override Type ElementType => typeof(T);

    /// <summary>The elements in place, without the lock. Do not use the span after the array was disposed.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Span<T> Span
    {
        get
        {
            var address = Address;
            if (!_isKept)
            {
                Handle.KeepMapped();
                _isKept = true;
            }

            return new Span<T>(address, Length);
        }
    }

    private protected override string Kind => $"SharedArray<{typeof(T).Name}>[{Length}]";

    private T* Address
    {
        get
        {
            // Read once: the disposal may come between two reads.
            var address = _address;
            return address != null ? address : Attach();
        }
    }

    /// <summary>Gets or sets an element in place, without the lock; <c>array[^1]</c> counts from the end.</summary>
    /// <param name="index">The index, from 0 to <see cref="SharedArray.Length"/> - 1.</param>
    /// <returns>The element.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T this[int index]
    {
        get
        {
            var value = *At(index);
            GC.KeepAlive(this);
            return value;
        }

        set
        {
            *At(index) = value;
            GC.KeepAlive(this);
        }
    }

    /// <summary>
    /// Returns a part of the elements in place, without the lock. As in Python, a range that exceeds the array is clipped: with three elements,
    /// <c>array[1..100]</c> has two elements and <c>array[..^5]</c> has none.
    /// </summary>
    /// <param name="range">The range of elements, counted from either end.</param>
    /// <returns>A span of shared memory. Do not use it after the array was disposed.</returns>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Span<T> this[Range range]
    {
        get
        {
            var (start, count) = PythonSlice.Of(range, Length);
            return Span.Slice(start, count);
        }
    }

    /// <summary>Returns the elements in place, without the lock: Python's <c>get_obj</c>. Equivalent to <see cref="Span"/>.</summary>
    /// <returns>A span of shared memory. Do not use it after the array was disposed.</returns>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Span<T> GetObj() => Span;

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
        var gate = ValueLock.ReadFrom(ref reader);
        int length = checked((int)Math.Min(reader.VarUInt(), int.MaxValue));
        handle.RequireMemory((long)length * sizeof(T));
        return new SharedArray<T>(handle, length, gate);
    }

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)Length);
    }

    private protected override void Forget() => _address = null;

    private T* At(int index)
    {
        if ((uint)index >= (uint)Length)
        {
            ThrowNoSuch(index);
        }

        return Address + index;
    }

    [DoesNotReturn]
    private void ThrowNoSuch(int index) => throw new ArgumentOutOfRangeException(nameof(index), index, $"{this} has elements 0 to {Length - 1}.");

    private T* Attach()
    {
        var address = (T*)Handle.Memory;
        _address = address;

        // The object may have ended between the read and the store, which would have overwritten what Forget did.
        Interlocked.MemoryBarrier();
        if (Handle.IsDisposed)
        {
            _address = null;
            Handle.ThrowIfDisposed();
        }

        return address;
    }
}
