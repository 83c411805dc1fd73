using Multiproc.Managers;
using Multiproc.Objects.Lists;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Changes of ranges and of all, without a blocked thread. All of these throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class ListProxy<T>
{
    /// <summary>The same as <see cref="Pop()"/>.</summary>
    /// <param name="cancellation">Gives up waiting; the item may be removed all the same.</param>
    /// <returns>The last item.</returns>
    /// <exception cref="InvalidOperationException">The list is empty.</exception>
    public async ValueTask<T> PopAsync(CancellationToken cancellation = default) =>
        await TryPopAsync(cancellation).ConfigureAwait(false) is (true, var item) ? item! : throw new InvalidOperationException($"{Identity}: pop from an empty list.");

    /// <summary>The same as <see cref="TryPop"/>.</summary>
    /// <param name="cancellation">Gives up waiting; the item may be removed all the same.</param>
    /// <returns>Whether there was one, and the last item.</returns>
    public async ValueTask<(bool Found, T? Item)> TryPopAsync(CancellationToken cancellation = default)
    {
        var reply = await AskAsync(new ListCommand.Take(PackedItems.Place(^1)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? (true, Serializer.Unpack<T>(reply.Value)) : (false, default);
    }

    /// <summary>The same as <see cref="RemoveAt"/>.</summary>
    /// <param name="index">The item's place.</param>
    /// <param name="cancellation">Gives up waiting; the item may be removed all the same.</param>
    /// <returns>A task that ends when it is gone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public ValueTask RemoveAtAsync(int index, CancellationToken cancellation = default) => SpliceAsync(index, 1, [], cancellation);

    /// <summary>The same as <see cref="CountOf"/>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How many items are equal to it.</returns>
    public async ValueTask<int> CountOfAsync(T item, CancellationToken cancellation = default)
    {
        PackedNumber.TryRead((await AskAsync(new ListCommand.Find(Serializer.Pack(item)), cancellation).ConfigureAwait(false)).Value, out long count);
        return (int)count;
    }

    /// <summary>The same as <see cref="Contains"/>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>True when there is one that is equal.</returns>
    public async ValueTask<bool> ContainsAsync(T item, CancellationToken cancellation = default) => await IndexOfAsync(item, cancellation).ConfigureAwait(false) >= 0;

    /// <summary>The same as <see cref="Clear"/>.</summary>
    /// <param name="cancellation">Gives up waiting; the items may be removed all the same.</param>
    /// <returns>A task that ends when the list is empty.</returns>
    public async ValueTask ClearAsync(CancellationToken cancellation = default) => await AskAsync(ListCommand.Clear.Instance, cancellation).ConfigureAwait(false);

    /// <summary>The same as <see cref="Reverse"/>.</summary>
    /// <param name="cancellation">Gives up waiting; it may be done all the same.</param>
    /// <returns>A task that ends when it is done.</returns>
    public async ValueTask ReverseAsync(CancellationToken cancellation = default) => await AskAsync(ListCommand.Reverse.Instance, cancellation).ConfigureAwait(false);

    /// <summary>Copies the items of a range, all of one moment: Python's <c>l[a:b]</c>. What is beyond the list is cut.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="count">How many, as far as there are any.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A list of this process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative start or count.</exception>
    public async ValueTask<List<T>> GetRangeAsync(int start, int count, CancellationToken cancellation = default)
    {
        var (from, to) = PackedItems.Places(start, count);
        return PackedItems.Unpack<T>((await AskAsync(new ListCommand.Slice(from, to), cancellation).ConfigureAwait(false)).Value);
    }

    /// <summary>Copies the items of a range, all of one moment: Python's <c>l[a:b]</c>. What is beyond the list is cut.</summary>
    /// <param name="range">Which, from either end.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A list of this process.</returns>
    public async ValueTask<List<T>> GetRangeAsync(Range range, CancellationToken cancellation = default) =>
        PackedItems.Unpack<T>((await AskAsync(Cut(range), cancellation).ConfigureAwait(false)).Value);

    /// <summary>Puts items in the place of others, in one step: Python's <c>l[a:b] = items</c>. A range that reaches beyond the list is cut; one that begins there appends.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="count">How many are replaced, as far as there are any.</param>
    /// <param name="items">What comes there.</param>
    /// <param name="cancellation">Gives up waiting; they may be replaced all the same.</param>
    /// <returns>A task that ends when they are there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative start or count.</exception>
    public async ValueTask SetRangeAsync(int start, int count, IEnumerable<T> items, CancellationToken cancellation = default) =>
        await AskAsync(Replaced(start, count, items), cancellation).ConfigureAwait(false);

    /// <summary>Puts items in the place of others, in one step: Python's <c>l[a:b] = items</c>. A range that reaches beyond the list is cut.</summary>
    /// <param name="range">Which are replaced, from either end.</param>
    /// <param name="items">What comes there.</param>
    /// <param name="cancellation">Gives up waiting; they may be replaced all the same.</param>
    /// <returns>A task that ends when they are there.</returns>
    public async ValueTask SetRangeAsync(Range range, IEnumerable<T> items, CancellationToken cancellation = default) =>
        await AskAsync(Replaced(range, items), cancellation).ConfigureAwait(false);

    /// <summary>Removes the items of a range: Python's <c>del l[a:b]</c>. What is beyond the list is cut.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="count">How many, as far as there are any.</param>
    /// <param name="cancellation">Gives up waiting; they may be removed all the same.</param>
    /// <returns>A task that ends when they are gone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative start or count.</exception>
    public ValueTask RemoveRangeAsync(int start, int count, CancellationToken cancellation = default) => SetRangeAsync(start, count, [], cancellation);

    /// <summary>Removes the items of a range: Python's <c>del l[a:b]</c>. What is beyond the list is cut.</summary>
    /// <param name="range">Which, from either end.</param>
    /// <param name="cancellation">Gives up waiting; they may be removed all the same.</param>
    /// <returns>A task that ends when they are gone.</returns>
    public ValueTask RemoveRangeAsync(Range range, CancellationToken cancellation = default) => SetRangeAsync(range, [], cancellation);

    /// <summary>The same as <see cref="Update(Index, Action{T})"/>.</summary>
    /// <param name="index">The item's place.</param>
    /// <param name="change">Changes a copy; called here, again when somebody else was faster.</param>
    /// <param name="cancellation">Gives up waiting; the last try may have been written.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public ValueTask<T> UpdateAsync(Index index, Action<T> change, CancellationToken cancellation = default)
    {
        AsyncVoid.Refused(change);
        return UpdateAsync(index, item =>
        {
            change(item);
            return item;
        }, cancellation);
    }

    /// <summary>The same as <see cref="CompareAndSet"/>.</summary>
    /// <param name="index">The item's place.</param>
    /// <param name="expected">What must be there.</param>
    /// <param name="value">The new item.</param>
    /// <param name="cancellation">Gives up waiting; it may be set all the same.</param>
    /// <returns>False when something else is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public async ValueTask<bool> CompareAndSetAsync(Index index, T expected, T value, CancellationToken cancellation = default) =>
        Check(await AskAsync(new ListCommand.CompareAndSet(PackedItems.Place(index), Serializer.Pack(expected), Serializer.Pack(value)), cancellation).ConfigureAwait(false), index).Number == 1;

    /// <summary>The same as <see cref="UpdateAll"/>.</summary>
    /// <param name="change">Changes a copy; called here, again when somebody else was faster.</param>
    /// <param name="cancellation">Gives up waiting; the last try may have been written.</param>
    /// <returns>A task that ends when it is written.</returns>
    public async ValueTask UpdateAllAsync(Action<List<T>> change, CancellationToken cancellation = default)
    {
        AsyncVoid.Refused(change);
        while (true)
        {
            var reply = await AskAsync(new ListCommand.Range(0, long.MaxValue), cancellation).ConfigureAwait(false);
            var items = PackedItems.Unpack<T>(reply.Value);
            change(items);
            if ((await AskAsync(new ListCommand.Replace(reply.Number, PackedItems.Pack(items)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return;
            }
        }
    }

    /// <summary>The same as <see cref="Sort"/>.</summary>
    /// <param name="comparer">How to compare; by default as the items' type does.</param>
    /// <param name="cancellation">Gives up waiting; it may be sorted all the same.</param>
    /// <returns>A task that ends when it is sorted.</returns>
    /// <exception cref="InvalidOperationException">The items cannot be compared.</exception>
    public ValueTask SortAsync(IComparer<T>? comparer = null, CancellationToken cancellation = default) => UpdateAllAsync(items => Rearrange(items, items.Order(comparer)), cancellation);

    /// <summary>The same as <see cref="SortBy"/>.</summary>
    /// <typeparam name="TKey">What is compared.</typeparam>
    /// <param name="key">Called in this process.</param>
    /// <param name="cancellation">Gives up waiting; it may be sorted all the same.</param>
    /// <returns>A task that ends when it is sorted.</returns>
    public ValueTask SortByAsync<TKey>(Func<T, TKey> key, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return UpdateAllAsync(items => Rearrange(items, items.OrderBy(key)), cancellation);
    }
}
