using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Multiproc.Objects;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// An array in memory that processes share: an element is read and written in place. Its length is fixed. For changes that belong together
/// hold <see cref="SynchronizedObject.GetLock"/>.
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
public sealed unsafe partial class SharedArray<T> : SharedArray, IReadOnlyList<T>, ISelfCoded<SharedArray<T>>
    where T : unmanaged
{
    private T* _address;
    private bool _isKept;

    internal SharedArray(ObjectHandle handle, int length, ValueLock gate)
        : base(handle, length, gate) => PlainMemory.Require<T>();

    int IReadOnlyCollection<T>.Count => Length;

    /// <inheritdoc/>
    public override Type ElementType => typeof(T);

    /// <summary>The elements in place. The span must not be used after the array was disposed.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
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

    private T* Address => _address != null ? _address : Attach();

    /// <summary>An element, in place. From the end: <c>array[^1]</c>.</summary>
    /// <param name="index">From 0 to <see cref="SharedArray.Length"/> - 1.</param>
    /// <returns>The element.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
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

    /// <summary>A part of the elements, in place. As in Python, what is beyond the array is cut: <c>array[1..100]</c> of three elements has two, <c>array[..^5]</c> none.</summary>
    /// <param name="range">Which, from either end.</param>
    /// <returns>A span of shared memory; it must not be used after the array was disposed.</returns>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public Span<T> this[Range range]
    {
        get
        {
            var (start, count) = PythonSlice.Of(range, Length);
            return Span.Slice(start, count);
        }
    }

    /// <summary>The same as <see cref="Span"/>: Python's name for the array without its lock.</summary>
    /// <returns>The elements in place.</returns>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
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

        // The end may have come between the look and the store, and would have been forgotten by it.
        Interlocked.MemoryBarrier();
        if (Handle.IsDisposed)
        {
            _address = null;
            Handle.ThrowIfDisposed();
        }

        return address;
    }
}
