using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Lists;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Ranges, atomic updates and sorting.</content>
public sealed partial class ListProxy<T>
{
    /// <summary>
    /// Gets copies of the items of a range as of a single moment, or replaces the range by any number of items: Python's slices. A range beyond the end of the
    /// list is truncated: <c>list[..^5]</c> of a list of three items is empty.
    /// </summary>
    /// <param name="range">The range; either bound may count from the end. <c>list[^3..]</c> is Python's <c>l[-3:]</c>.</param>
    /// <returns>A new local list.</returns>
    /// <exception cref="ArgumentNullException">The new items are null.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public List<T> this[Range range]
    {
        get => GetRange(range);
        set => SetRange(range, value);
    }

    /// <summary>Copies the items of a range as of a single moment: Python's <c>l[a:b]</c>. A range beyond the end of the list is truncated.</summary>
    /// <param name="range">The range; either bound may count from the end.</param>
    /// <returns>A new local list.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public List<T> GetRange(Range range) => PackedItems.Unpack<T>(Ask(Cut(range), default).Value);

    /// <summary>Copies the items of a range as of a single moment: Python's <c>l[a:b]</c>. A range beyond the end of the list is truncated.</summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="count">The maximum number of items.</param>
    /// <returns>A new local list.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The start or the count is negative.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public List<T> GetRange(int start, int count)
    {
        var (from, to) = PackedItems.Places(start, count);
        return PackedItems.Unpack<T>(Ask(new ListCommand.Slice(from, to), default).Value);
    }

    /// <summary>
    /// Copies the items of a range as of a single moment; a range beyond the end of the list is truncated. Lets C# index the list by a range.
    /// </summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="length">The maximum number of items to copy.</param>
    /// <returns>A new local list.</returns>
    public List<T> Slice(int start, int length) => GetRange(start, length);

    /// <summary>
    /// Replaces a range by any number of items in one atomic step: Python's <c>l[a:b] = items</c>. A range beyond the end of the list is truncated; one that
    /// begins there appends.
    /// </summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="count">The maximum number of items to replace.</param>
    /// <param name="items">The new items; an empty collection removes the range.</param>
    /// <exception cref="ArgumentOutOfRangeException">The start or the count is negative.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void SetRange(int start, int count, IEnumerable<T> items) => Ask(Replaced(start, count, items), default);

    /// <summary>
    /// Replaces a range by any number of items in one atomic step: Python's <c>l[a:b] = items</c>. A range beyond the end of the list is truncated.
    /// </summary>
    /// <param name="range">The range to replace; either bound may count from the end.</param>
    /// <param name="items">The new items; an empty collection removes the range.</param>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void SetRange(Range range, IEnumerable<T> items) => Ask(Replaced(range, items), default);

    /// <summary>Removes the items of a range: Python's <c>del l[a:b]</c>. A range beyond the end of the list is truncated.</summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="count">The maximum number of items.</param>
    /// <exception cref="ArgumentOutOfRangeException">The start or the count is negative.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void RemoveRange(int start, int count) => SetRange(start, count, []);

    /// <summary>Removes the items of a range: Python's <c>del l[a:b]</c>. A range beyond the end of the list is truncated.</summary>
    /// <param name="range">The range; either bound may count from the end.</param>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void RemoveRange(Range range) => SetRange(range, []);

    private static ListCommand.Slice Cut(Range range) => new(PackedItems.Place(range.Start), PackedItems.Place(range.End));

    private ListCommand.SetSlice Replaced(int start, int count, IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var (from, to) = PackedItems.Places(start, count);
        return new(from, to, PackAll(items));
    }

    private ListCommand.SetSlice Replaced(Range range, IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new(PackedItems.Place(range.Start), PackedItems.Place(range.End), PackAll(items));
    }

    /// <summary>Updates an item atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="update">Computes the new item from the current one. Runs in the caller's process, again after each concurrent write.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    [OverloadResolutionPriority(1)]
    public T Update(Index index, Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        long at = PackedItems.Place(index);
        while (true)
        {
            var known = Check(Ask(new ListCommand.Get(at), default), index).Value;
            var next = update(Serializer.Unpack<T>(known));
            if (Check(Ask(new ListCommand.CompareAndSet(at, known, Pack(next)), default), index).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>Mutates an item atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="change">Mutates a copy, for example <c>item => item.Add(x)</c>. Runs in the caller's process, again after each concurrent write.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Update(Index index, Action<T> change)
    {
        AsyncVoid.Refused(change);
        return Update(index, item =>
        {
            change(item);
            return item;
        });
    }

    /// <summary>Replaces an item if it equals the expected one, in one atomic step.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="expected">The expected current value.</param>
    /// <param name="value">The new item.</param>
    /// <returns>True if the value was set; false if the current value differs.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool CompareAndSet(Index index, T expected, T value) =>
        Check(Ask(new ListCommand.CompareAndSet(PackedItems.Place(index), Pack(expected), Pack(value)), default), index).Number == 1;

    /// <summary>Mutates the whole list atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="change">Mutates a copy. Runs in the caller's process, again after each concurrent write.</param>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void UpdateAll(Action<List<T>> change)
    {
        AsyncVoid.Refused(change);
        while (true)
        {
            var reply = Ask(new ListCommand.Range(0, long.MaxValue), default);
            var items = PackedItems.Unpack<T>(reply.Value);
            change(items);
            if (Ask(new ListCommand.Replace(reply.Number, PackAll(items)), default).Number == 1)
            {
                return;
            }
        }
    }

    /// <summary>Sorts the list. The sort is stable; items are compared in the caller's process.</summary>
    /// <param name="comparer">Compares items; null (the default) uses the default comparer of their type.</param>
    /// <exception cref="InvalidOperationException">The items cannot be compared.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Sort(IComparer<T>? comparer = null) => UpdateAll(items => Rearrange(items, items.Order(comparer)));

    /// <summary>Sorts the list by a key that a function computes for each item: Python's <c>sort(key=…)</c>. The sort is stable.</summary>
    /// <typeparam name="TKey">The type of the sort keys.</typeparam>
    /// <param name="key">Computes the sort key of an item; runs in the caller's process.</param>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void SortBy<TKey>(Func<T, TKey> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        UpdateAll(items => Rearrange(items, items.OrderBy(key)));
    }

    private static void Rearrange(List<T> items, IEnumerable<T> order)
    {
        T[] sorted = [.. order];
        items.Clear();
        items.AddRange(sorted);
    }
}
