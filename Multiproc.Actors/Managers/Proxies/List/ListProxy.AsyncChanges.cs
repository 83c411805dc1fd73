using Multiproc.Managers;
using Multiproc.Objects.Lists;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Asynchronous changes of ranges and of the whole list. All of them throw <see cref="ConnectionLostException"/> when the manager's process is
/// gone.</content>
public sealed partial class ListProxy<T>
{
    /// <summary>Asynchronously removes and returns the last item: Python's <c>pop</c>.</summary>
    /// <param name="cancellation">Cancels the wait; the item may still be removed.</param>
    /// <returns>The last item.</returns>
    /// <exception cref="InvalidOperationException">The list is empty.</exception>
    public async ValueTask<T> PopAsync(CancellationToken cancellation = default) =>
        await TryPopAsync(cancellation).ConfigureAwait(false) is (true, var item)
            ? item!
            : throw new InvalidOperationException($"{Identity}: pop from an empty list.");

    /// <summary>Asynchronously removes and returns the last item, if the list is not empty.</summary>
    /// <param name="cancellation">Cancels the wait; the item may still be removed.</param>
    /// <returns>Whether the list had an item, and the last one.</returns>
    public async ValueTask<(bool Found, T? Item)> TryPopAsync(CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new ListCommand.Take(PackedItems.Place(^1)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? (true, Serializer.Unpack<T>(reply.Value)) : (false, default);
    }

    /// <summary>Asynchronously removes the item at an index.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="cancellation">Cancels the wait; the item may still be removed.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public ValueTask RemoveAtAsync(int index, CancellationToken cancellation = default) => SpliceAsync(index, 1, [], cancellation);

    /// <summary>Asynchronously counts the items that equal the given one: Python's <c>count</c>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The number of equal items.</returns>
    public async ValueTask<int> CountOfAsync(T item, CancellationToken cancellation = default)
    {
        PackedNumber.TryRead((await AskAsync(new ListCommand.Find(Pack(item)), cancellation).ConfigureAwait(false)).Value, out long count);
        return (int)count;
    }

    /// <summary>Asynchronously tests whether the list contains an item that equals the given one.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if an item is equal.</returns>
    public async ValueTask<bool> ContainsAsync(T item, CancellationToken cancellation = default) =>
        await IndexOfAsync(item, cancellation).ConfigureAwait(false) >= 0;

    /// <summary>Asynchronously removes all items.</summary>
    /// <param name="cancellation">Cancels the wait; the items may still be removed.</param>
    /// <returns>A task that completes when the list is empty.</returns>
    public async ValueTask ClearAsync(CancellationToken cancellation = default) =>
        await AskAsync(ListCommand.Clear.Instance, cancellation).ConfigureAwait(false);

    /// <summary>Asynchronously reverses the order of the items in one atomic step.</summary>
    /// <param name="cancellation">Cancels the wait; the change may still be made.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public async ValueTask ReverseAsync(CancellationToken cancellation = default) =>
        await AskAsync(ListCommand.Reverse.Instance, cancellation).ConfigureAwait(false);

    /// <summary>
    /// Asynchronously copies the items of a range as of a single moment: Python's <c>l[a:b]</c>. A range beyond the end of the list is truncated.
    /// </summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="count">The maximum number of items.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A new local list.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The start or the count is negative.</exception>
    public async ValueTask<List<T>> GetRangeAsync(int start, int count, CancellationToken cancellation = default)
    {
        var (from, to) = PackedItems.Places(start, count);
        return PackedItems.Unpack<T>((await AskAsync(new ListCommand.Slice(from, to), cancellation).ConfigureAwait(false)).Value);
    }

    /// <summary>
    /// Asynchronously copies the items of a range as of a single moment: Python's <c>l[a:b]</c>. A range beyond the end of the list is truncated.
    /// </summary>
    /// <param name="range">The range; either bound may count from the end.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A new local list.</returns>
    public async ValueTask<List<T>> GetRangeAsync(Range range, CancellationToken cancellation = default) =>
        PackedItems.Unpack<T>((await AskAsync(Cut(range), cancellation).ConfigureAwait(false)).Value);

    /// <summary>
    /// Asynchronously replaces a range by any number of items in one atomic step: Python's <c>l[a:b] = items</c>. A range beyond the end of the list is
    /// truncated; one that begins there appends.
    /// </summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="count">The maximum number of items to replace.</param>
    /// <param name="items">The new items.</param>
    /// <param name="cancellation">Cancels the wait; they may still be replaced.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The start or the count is negative.</exception>
    public async ValueTask SetRangeAsync(int start, int count, IEnumerable<T> items, CancellationToken cancellation = default) =>
        await AskAsync(Replaced(start, count, items), cancellation).ConfigureAwait(false);

    /// <summary>
    /// Asynchronously replaces a range by any number of items in one atomic step: Python's <c>l[a:b] = items</c>. A range beyond the end of the list is
    /// truncated.
    /// </summary>
    /// <param name="range">The range to replace; either bound may count from the end.</param>
    /// <param name="items">The new items.</param>
    /// <param name="cancellation">Cancels the wait; they may still be replaced.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public async ValueTask SetRangeAsync(Range range, IEnumerable<T> items, CancellationToken cancellation = default) =>
        await AskAsync(Replaced(range, items), cancellation).ConfigureAwait(false);

    /// <summary>Asynchronously removes the items of a range: Python's <c>del l[a:b]</c>. A range beyond the end of the list is truncated.</summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="count">The maximum number of items.</param>
    /// <param name="cancellation">Cancels the wait; they may still be removed.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The start or the count is negative.</exception>
    public ValueTask RemoveRangeAsync(int start, int count, CancellationToken cancellation = default) => SetRangeAsync(start, count, [], cancellation);

    /// <summary>Asynchronously removes the items of a range: Python's <c>del l[a:b]</c>. A range beyond the end of the list is truncated.</summary>
    /// <param name="range">The range; either bound may count from the end.</param>
    /// <param name="cancellation">Cancels the wait; they may still be removed.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public ValueTask RemoveRangeAsync(Range range, CancellationToken cancellation = default) => SetRangeAsync(range, [], cancellation);

    /// <summary>Asynchronously mutates an item atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="change">Mutates a copy. Runs in the caller's process, again after each concurrent write.</param>
    /// <param name="cancellation">Cancels the wait; the last attempt may have been written.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public ValueTask<T> UpdateAsync(Index index, Action<T> change, CancellationToken cancellation = default)
    {
        AsyncVoid.Refused(change);
        return UpdateAsync(index, item =>
        {
            change(item);
            return item;
        }, cancellation);
    }

    /// <summary>Asynchronously replaces an item if it equals the expected one, in one atomic step.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="expected">The expected current value.</param>
    /// <param name="value">The new item.</param>
    /// <param name="cancellation">Cancels the wait; it may still be set.</param>
    /// <returns>True if the value was set; false if the current value differs.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public async ValueTask<bool> CompareAndSetAsync(Index index, T expected, T value, CancellationToken cancellation = default) =>
        Check(
            await AskAsync(
                new ListCommand.CompareAndSet(PackedItems.Place(index), Pack(expected), Pack(value)), cancellation).ConfigureAwait(false),
            index).Number == 1;

    /// <summary>Asynchronously mutates the whole list atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="change">Mutates a copy. Runs in the caller's process, again after each concurrent write.</param>
    /// <param name="cancellation">Cancels the wait; the last attempt may have been written.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public async ValueTask UpdateAllAsync(Action<List<T>> change, CancellationToken cancellation = default)
    {
        AsyncVoid.Refused(change);
        while (true)
        {
            var reply = await AskAsync(new ListCommand.Range(0, long.MaxValue), cancellation).ConfigureAwait(false);
            var items = PackedItems.Unpack<T>(reply.Value);
            change(items);
            if ((await AskAsync(new ListCommand.Replace(reply.Number, PackAll(items)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return;
            }
        }
    }

    /// <summary>Asynchronously sorts the list. The sort is stable; items are compared in the caller's process.</summary>
    /// <param name="comparer">Compares items; null (the default) uses the default comparer of their type.</param>
    /// <param name="cancellation">Cancels the wait; it may still be sorted.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="InvalidOperationException">The items cannot be compared.</exception>
    public ValueTask SortAsync(IComparer<T>? comparer = null, CancellationToken cancellation = default) =>
        UpdateAllAsync(items => Rearrange(items, items.Order(comparer)), cancellation);

    /// <summary>Asynchronously sorts the list by a key that a function computes for each item: Python's <c>sort(key=…)</c>. The sort is stable.</summary>
    /// <typeparam name="TKey">The type of the sort keys.</typeparam>
    /// <param name="key">Computes the sort key of an item; runs in the caller's process.</param>
    /// <param name="cancellation">Cancels the wait; it may still be sorted.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public ValueTask SortByAsync<TKey>(Func<T, TKey> key, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return UpdateAllAsync(items => Rearrange(items, items.OrderBy(key)), cancellation);
    }
}
