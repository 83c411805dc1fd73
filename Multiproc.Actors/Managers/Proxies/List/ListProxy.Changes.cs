using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Lists;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Ranges, changes of what is there, and sorting.</content>
public sealed partial class ListProxy<T>
{
    /// <summary>
    /// Copies of the items of a range at one moment, or new items in their place: Python's slices. As there, a range that reaches beyond the list is cut: <c>list[..^5]</c> of three
    /// items is empty. New items may be more or fewer than those that they replace.
    /// </summary>
    /// <param name="range">Which, from either end; <c>list[^3..]</c> is Python's <c>l[-3:]</c>.</param>
    /// <returns>A list of this process.</returns>
    /// <exception cref="ArgumentNullException">Null is set.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public List<T> this[Range range]
    {
        get => GetRange(range);
        set => SetRange(range, value);
    }

    /// <summary>Copies the items of a range, all of one moment: Python's <c>l[a:b]</c>. What is beyond the list is cut.</summary>
    /// <param name="range">Which, from either end.</param>
    /// <returns>A list of this process.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public List<T> GetRange(Range range) => PackedItems.Unpack<T>(Ask(Cut(range), default).Value);

    /// <summary>Copies the items of a range, all of one moment: Python's <c>l[a:b]</c>. What is beyond the list is cut.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="count">How many, as far as there are any.</param>
    /// <returns>A list of this process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative start or count.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public List<T> GetRange(int start, int count)
    {
        var (from, to) = PackedItems.Places(start, count);
        return PackedItems.Unpack<T>(Ask(new ListCommand.Slice(from, to), default).Value);
    }

    /// <summary>Copies the items of a range, as <see cref="GetRange(int, int)"/>.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="length">How many, as far as there are any.</param>
    /// <returns>A list of this process.</returns>
    public List<T> Slice(int start, int length) => GetRange(start, length);

    /// <summary>Puts items in the place of others, in one step: Python's <c>l[a:b] = items</c>. A range that reaches beyond the list is cut; one that begins there appends.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="count">How many are replaced, as far as there are any.</param>
    /// <param name="items">What comes there; none to remove the others.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative start or count.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void SetRange(int start, int count, IEnumerable<T> items) => Ask(Replaced(start, count, items), default);

    /// <summary>Puts items in the place of others, in one step: Python's <c>l[a:b] = items</c>. A range that reaches beyond the list is cut.</summary>
    /// <param name="range">Which are replaced, from either end.</param>
    /// <param name="items">What comes there; none to remove the others.</param>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void SetRange(Range range, IEnumerable<T> items) => Ask(Replaced(range, items), default);

    /// <summary>Removes the items of a range: Python's <c>del l[a:b]</c>. What is beyond the list is cut.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="count">How many, as far as there are any.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative start or count.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void RemoveRange(int start, int count) => SetRange(start, count, []);

    /// <summary>Removes the items of a range: Python's <c>del l[a:b]</c>. What is beyond the list is cut.</summary>
    /// <param name="range">Which, from either end.</param>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void RemoveRange(Range range) => SetRange(range, []);

    private static ListCommand.Slice Cut(Range range) => new(PackedItems.Place(range.Start), PackedItems.Place(range.End));

    private static ListCommand.SetSlice Replaced(int start, int count, IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var (from, to) = PackedItems.Places(start, count);
        return new(from, to, PackedItems.Pack(items));
    }

    private static ListCommand.SetSlice Replaced(Range range, IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new(PackedItems.Place(range.Start), PackedItems.Place(range.End), PackedItems.Pack(items));
    }

    /// <summary>Changes an item; nobody else's change is lost.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="update">Makes the new item from the known one; called here, again when somebody else was faster.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
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
            if (Check(Ask(new ListCommand.CompareAndSet(at, known, Serializer.Pack(next)), default), index).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>Changes the inside of an item and writes it back; nobody else's change is lost.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="change">Changes a copy, as <c>item => item.Add(x)</c>; called here, again when somebody else was faster.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
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

    /// <summary>Sets an item if it still equals the expected one, in one step.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="expected">What must be there.</param>
    /// <param name="value">The new item.</param>
    /// <returns>False when something else is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool CompareAndSet(Index index, T expected, T value) =>
        Check(Ask(new ListCommand.CompareAndSet(PackedItems.Place(index), Serializer.Pack(expected), Serializer.Pack(value)), default), index).Number == 1;

    /// <summary>Changes the whole list; nobody else's change is lost.</summary>
    /// <param name="change">Changes a copy; called here, again when somebody else was faster.</param>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void UpdateAll(Action<List<T>> change)
    {
        AsyncVoid.Refused(change);
        while (true)
        {
            var reply = Ask(new ListCommand.Range(0, long.MaxValue), default);
            var items = PackedItems.Unpack<T>(reply.Value);
            change(items);
            if (Ask(new ListCommand.Replace(reply.Number, PackedItems.Pack(items)), default).Number == 1)
            {
                return;
            }
        }
    }

    /// <summary>Sorts the list; equal items keep their order. The items are compared in this process.</summary>
    /// <param name="comparer">How to compare; by default as the items' type does.</param>
    /// <exception cref="InvalidOperationException">The items cannot be compared.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Sort(IComparer<T>? comparer = null) => UpdateAll(items => Rearrange(items, items.Order(comparer)));

    /// <summary>Sorts the list by what a function makes of each item: Python's <c>sort(key=…)</c>. Equal items keep their order.</summary>
    /// <typeparam name="TKey">What is compared.</typeparam>
    /// <param name="key">Called in this process.</param>
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
