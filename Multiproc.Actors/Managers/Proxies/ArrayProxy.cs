using System.Collections;
using Multiproc.Managers;
using Multiproc.Objects;
using Multiproc.Objects.Lists;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>An array in a manager: items of any type that can be sent, in a fixed number.</summary>
/// <typeparam name="T">What the items are.</typeparam>
public sealed partial class ArrayProxy<T> : BaseProxy, IReadOnlyList<T>, ISelfCoded<ArrayProxy<T>>
{
    private const int PageSize = 512;

    internal ArrayProxy(ObjectHandle handle, int length)
        : base(handle) => Length = length;

    /// <summary>How many items there are; never changes.</summary>
    public int Length { get; }

    int IReadOnlyCollection<T>.Count => Length;

    private protected override string Kind => $"ArrayProxy<{typeof(T).Name}>";

    /// <summary>A copy of an item, or a new item in its place.</summary>
    /// <param name="index">Its place; <c>^1</c> is the last one.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T this[int index]
    {
        get => Serializer.Unpack<T>(Ask(new ListCommand.Get(Inside(index)), default).Value);
        set => Ask(new ListCommand.Set(Inside(index), Serializer.Pack(value)), default);
    }

    /// <summary>Reads an item without a blocked thread.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A copy of the item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public async ValueTask<T> GetAsync(int index, CancellationToken cancellation = default) =>
        Serializer.Unpack<T>((await AskAsync(new ListCommand.Get(Inside(index)), cancellation).ConfigureAwait(false)).Value);

    /// <summary>Sets an item without a blocked thread.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="item">The new item.</param>
    /// <param name="cancellation">Gives up waiting; the item may be set all the same.</param>
    /// <returns>A task that ends when it is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public async ValueTask SetAsync(int index, T item, CancellationToken cancellation = default) =>
        await AskAsync(new ListCommand.Set(Inside(index), Serializer.Pack(item)), cancellation).ConfigureAwait(false);

    /// <summary>
    /// Copies of the items of a range at one moment, or new items in their place: Python's slices. As there, what is beyond the array is cut: <c>array[..^5]</c> of three items is empty.
    /// </summary>
    /// <param name="range">Which, from either end.</param>
    /// <returns>An array of this process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Set, and there are more or fewer items than the range has: the length of an array is fixed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T[] this[Range range]
    {
        get => Slice(range);
        set => SetRange(range, value);
    }

    /// <summary>Copies the items of a range, all of one moment. As in Python, what is beyond the array is cut.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="length">How many, as far as there are any.</param>
    /// <returns>An array of this process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative start or length.</exception>
    public T[] Slice(int start, int length) => Opened(Ask(Part(PythonSlice.Of(start, length, Length)), default));

    /// <summary>Copies the items of a range, all of one moment. As in Python, what is beyond the array is cut.</summary>
    /// <param name="range">Which, from either end.</param>
    /// <returns>An array of this process.</returns>
    public T[] Slice(Range range) => Opened(Ask(Part(PythonSlice.Of(range, Length)), default));

    /// <summary>Sets as many items as are given, in one step.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="items">The items.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative start; or the array has fewer places from there on than there are items: its length is fixed.</exception>
    public void SetRange(int start, IReadOnlyCollection<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Ask(Replaced(PythonSlice.Of(start, items.Count, Length), items), default);
    }

    /// <summary>Sets the items of a range in one step. As in Python, what is beyond the array is cut first.</summary>
    /// <param name="range">Which, from either end.</param>
    /// <param name="items">As many items as the range has places of the array.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more or fewer: the length of an array is fixed.</exception>
    public void SetRange(Range range, IReadOnlyCollection<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Ask(Replaced(PythonSlice.Of(range, Length), items), default);
    }

    /// <summary>Changes an item; nobody else's change is lost.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="update">Makes the new item from the known one; called here, again when somebody else was faster.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public T Update(int index, Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        long at = Inside(index);
        while (true)
        {
            var known = Ask(new ListCommand.Get(at), default).Value;
            var next = update(Serializer.Unpack<T>(known));
            if (Ask(new ListCommand.CompareAndSet(at, known, Serializer.Pack(next)), default).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>A copy of all items at one moment.</summary>
    /// <returns>An array of this process.</returns>
    public T[] GetValue() => Slice(0, Length);

    /// <summary>Gives the items page by page.</summary>
    /// <returns>Copies of the items.</returns>
    public IEnumerator<T> GetEnumerator()
    {
        for (int at = 0; at < Length; at += PageSize)
        {
            foreach (var item in Slice(at, Math.Min(PageSize, Length - at)))
            {
                yield return item;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    static ArrayProxy<T> ISelfCoded<ArrayProxy<T>>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        return new(handle, reader.Natural());
    }

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)Length);
    }

    private protected override string Describe() => ProxyText.Of(GetValue());

    private static ListCommand.Range Part((int Start, int Count) part) => new(part.Start, part.Count);

    private static T[] Opened(Reply reply) => [.. PackedItems.Unpack<T>(reply.Value)];

    private ListCommand.Splice Replaced((int Start, int Count) part, IReadOnlyCollection<T> items) => items.Count == part.Count
        ? new(part.Start, part.Count, PackedItems.Pack(items))
        : throw new ArgumentOutOfRangeException(nameof(items), $"{items.Count} items do not fit {Identity} at {part.Start}, where {part.Count} are replaced: the length of an array is fixed.");

    private int Inside(int index) => (uint)index < (uint)Length
        ? index
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Identity} has {Length} items.");
}
