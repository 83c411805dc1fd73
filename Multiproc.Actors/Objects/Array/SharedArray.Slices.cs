using Multiproc.Objects;

namespace Multiproc;

/// <content>Copies under the lock, and changes of one element in one step.</content>
public sealed unsafe partial class SharedArray<T>
{
    /// <summary>Copies the elements as they are at the moment, under the lock if there is one.</summary>
    /// <returns>An array of this process.</returns>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public T[] ToArray() => GetSlice(..);

    /// <summary>Copies a part of the elements out, under the lock if there is one: <c>a[i:j]</c>. As in Python, what is beyond the array is cut.</summary>
    /// <param name="range">Which, from either end.</param>
    /// <returns>An array of this process.</returns>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
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

    /// <summary>Copies elements in, under the lock if there is one: <c>a[i:j] = items</c>. As in Python, what is beyond the array is cut first.</summary>
    /// <param name="range">Where, from either end.</param>
    /// <param name="items">As many as the range has elements of the array.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more or fewer: the length of an array is fixed.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public void SetSlice(Range range, ReadOnlySpan<T> items)
    {
        var (start, count) = PythonSlice.Of(range, Length);
        if (count != items.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(items), $"{items.Length} items do not fit {this} at {start}, where {count} are replaced: the length of an array is fixed.");
        }

        using (HoldIfAny())
        {
            items.CopyTo(new Span<T>(Address + start, count));
            GC.KeepAlive(this);
        }
    }

    /// <summary>Adds to an element in one step, whatever other processes do.</summary>
    /// <param name="index">Which.</param>
    /// <param name="amount">What is added; wraps around as .NET's numbers do.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="NotSupportedException">The elements are not numbers of 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public T Add(int index, T amount)
    {
        var value = Atomic<T>.Add(At(index), amount);
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>Adds one to an element in one step, whatever other processes do.</summary>
    /// <param name="index">Which.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="NotSupportedException">The elements are not numbers of 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public T Increment(int index) => Add(index, Atomic<T>.One);

    /// <summary>Sets an element in one step.</summary>
    /// <param name="index">Which.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The value before.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="NotSupportedException">The elements do not have 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public T Exchange(int index, T value)
    {
        var before = Atomic<T>.Exchange(At(index), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Sets an element if it is still the expected one, in one step. Values are compared bit by bit.</summary>
    /// <param name="index">Which.</param>
    /// <param name="value">The new value.</param>
    /// <param name="expected">What it must be to be set.</param>
    /// <returns>The value before; it was set when this is the expected one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="NotSupportedException">The elements do not have 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed here.</exception>
    public T CompareExchange(int index, T value, T expected)
    {
        var before = Atomic<T>.CompareExchange(At(index), value, expected);
        GC.KeepAlive(this);
        return before;
    }
}
