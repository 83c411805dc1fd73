using System.Collections;
using Multiproc.Managers;
using Multiproc.Objects;
using Multiproc.Objects.Lists;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// Represents an array of fixed length in a manager's process; made by <c>manager.Array</c>. Items are of any sendable type; reading one returns a copy.
/// </summary>
/// <example>
/// <code>
/// using var manager = Mp.Manager();
/// var cells = manager.Array([1, 2, 3]);
/// cells[^1] = 30;
/// cells.Update(0, static item => item + 1);
/// Console.WriteLine(cells); // [2, 2, 30]
/// </code>
/// </example>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed partial class ArrayProxy<T> : BaseProxy, IReadOnlyList<T>, ISelfCoded<ArrayProxy<T>>
{
    private const int PageSize = 512;

    internal ArrayProxy(ObjectHandle handle, int length)
        : base(handle) => Length = length;

    /// <summary>Gets the number of items, which never changes.</summary>
    public int Length { get; }

    int IReadOnlyCollection<T>.Count => Length;

    private protected override string Kind => $"ArrayProxy<{typeof(T).Name}>";

    /// <summary>Gets a copy of an item, or replaces it.</summary>
    /// <param name="index">The item's index; <c>^1</c> is the last item.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T this[int index]
    {
        get => Serializer.Unpack<T>(Ask(new ListCommand.Get(Inside(index)), default).Value);
        set => Ask(new ListCommand.Set(Inside(index), Pack(value)), default);
    }

    /// <summary>Asynchronously reads a copy of an item.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A copy of the item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public async ValueTask<T> GetAsync(int index, CancellationToken cancellation = default) =>
        Serializer.Unpack<T>((await AskAsync(new ListCommand.Get(Inside(index)), cancellation).ConfigureAwait(false)).Value);

    /// <summary>Asynchronously replaces an item.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="item">The new item.</param>
    /// <param name="cancellation">Cancels the wait; the item may still be set.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public async ValueTask SetAsync(int index, T item, CancellationToken cancellation = default) =>
        await AskAsync(new ListCommand.Set(Inside(index), Pack(item)), cancellation).ConfigureAwait(false);

    /// <summary>
    /// Gets copies of the items of a range as of a single moment, or overwrites them: Python's slices. A range beyond the end of the array is truncated:
    /// <c>array[..^5]</c> of an array of three items is empty.
    /// </summary>
    /// <param name="range">The range; either bound may count from the end.</param>
    /// <returns>A new local array.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// On set, the number of items differs from the length of the range; the length of an array is fixed.
    /// </exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T[] this[Range range]
    {
        get => Slice(range);
        set => SetRange(range, value);
    }

    /// <summary>Copies the items of a range as of a single moment. A range beyond the end of the array is truncated, as in Python.</summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="length">The maximum number of items to copy.</param>
    /// <returns>A new local array.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The start or the length is negative.</exception>
    public T[] Slice(int start, int length) => Opened(Ask(Part(PythonSlice.Of(start, length, Length)), default));

    /// <summary>Copies the items of a range as of a single moment. A range beyond the end of the array is truncated, as in Python.</summary>
    /// <param name="range">The range; either bound may count from the end.</param>
    /// <returns>A new local array.</returns>
    public T[] Slice(Range range) => Opened(Ask(Part(PythonSlice.Of(range, Length)), default));

    /// <summary>Overwrites consecutive items, beginning at an index, in one atomic step.</summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="items">The items.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The start is negative, or the items do not fit between it and the end of the array, whose length is fixed.
    /// </exception>
    public void SetRange(int start, IReadOnlyCollection<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Ask(Replaced(PythonSlice.Of(start, items.Count, Length), items), default);
    }

    /// <summary>Overwrites the items of a range in one atomic step. A range beyond the end of the array is truncated first, as in Python.</summary>
    /// <param name="range">The range; either bound may count from the end.</param>
    /// <param name="items">The items; exactly as many as the truncated range has.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of items differs from the length of the range; the length of an array is fixed.</exception>
    public void SetRange(Range range, IReadOnlyCollection<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Ask(Replaced(PythonSlice.Of(range, Length), items), default);
    }

    /// <summary>Updates an item atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="update">Computes the new item from the current one. Runs in the caller's process, again after each concurrent write.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public T Update(int index, Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        long at = Inside(index);
        while (true)
        {
            var known = Ask(new ListCommand.Get(at), default).Value;
            var next = update(Serializer.Unpack<T>(known));
            if (Ask(new ListCommand.CompareAndSet(at, known, Pack(next)), default).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>Copies all items as of a single moment.</summary>
    /// <returns>A new local array.</returns>
    public T[] GetValue() => Slice(0, Length);

    /// <summary>Enumerates the items, page by page.</summary>
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
        ? new(part.Start, part.Count, PackAll(items))
        : throw new ArgumentOutOfRangeException(
            nameof(items), $"{items.Count} items do not fit {Identity} at {part.Start}, where {part.Count} are replaced: the length of an array is fixed.");

    private int Inside(int index) => (uint)index < (uint)Length
        ? index
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Identity} has {Length} items.");
}
