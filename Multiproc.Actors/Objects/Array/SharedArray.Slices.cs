using Multiproc.Objects;

namespace Multiproc;

/// <content>Copies under the lock, and atomic changes of single elements.</content>
public sealed unsafe partial class SharedArray<T>
{
    /// <summary>Copies all elements, under the lock if there is one.</summary>
    /// <returns>A new array in this process's own memory.</returns>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T[] ToArray() => GetSlice(..);

    /// <summary>Copies a part of the elements, under the lock if there is one: Python's <c>a[i:j]</c>. A range that exceeds the array is clipped.</summary>
    /// <param name="range">The range of elements, counted from either end.</param>
    /// <returns>A new array in this process's own memory.</returns>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T[] GetSlice(Range range)
    {
        using (HoldIfAny())
        {
            var (start, count) = PythonSlice.Of(range, Length);
            var copy = new Span<T>(Address + start, count).ToArray();
            GC.KeepAlive(this);
            return copy;
        }
    }

    /// <summary>
    /// Replaces a part of the elements, under the lock if there is one: Python's <c>a[i:j] = items</c>. A range that exceeds the array is clipped.
    /// </summary>
    /// <param name="range">The range of elements, counted from either end.</param>
    /// <param name="items">The new elements, as many as the clipped range has.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of items differs from the length of the range; the length of an array is fixed.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public void SetSlice(Range range, ReadOnlySpan<T> items)
    {
        var (start, count) = PythonSlice.Of(range, Length);
        if (count != items.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(items), $"{items.Length} items do not fit {this} at {start}, where {count} are replaced: the length of an array is fixed.");
        }

        using (HoldIfAny())
        {
            items.CopyTo(new Span<T>(Address + start, count));
            GC.KeepAlive(this);
        }
    }

    /// <summary>Adds to an element atomically across processes.</summary>
    /// <param name="index">The index of the element.</param>
    /// <param name="amount">The amount to add; integers wrap around on overflow.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is out of range.</exception>
    /// <exception cref="NotSupportedException">The elements are not numbers of 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T Add(int index, T amount)
    {
        var value = Atomic<T>.Add(At(index), amount);
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>Adds one to an element atomically across processes.</summary>
    /// <param name="index">The index of the element.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is out of range.</exception>
    /// <exception cref="NotSupportedException">The elements are not numbers of 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T Increment(int index) => Add(index, Atomic<T>.One);

    /// <summary>Sets an element atomically and returns the previous value.</summary>
    /// <param name="index">The index of the element.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The previous value.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is out of range.</exception>
    /// <exception cref="NotSupportedException">The size of an element is not 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T Exchange(int index, T value)
    {
        var before = Atomic<T>.Exchange(At(index), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Sets an element atomically if it equals an expected value. Values are compared bit by bit.</summary>
    /// <param name="index">The index of the element.</param>
    /// <param name="value">The new value.</param>
    /// <param name="expected">The value to compare with.</param>
    /// <returns>The previous value; the exchange took place when it equals <paramref name="expected"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is out of range.</exception>
    /// <exception cref="NotSupportedException">The size of an element is not 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T CompareExchange(int index, T value, T expected)
    {
        var before = Atomic<T>.CompareExchange(At(index), value, expected);
        GC.KeepAlive(this);
        return before;
    }
}
