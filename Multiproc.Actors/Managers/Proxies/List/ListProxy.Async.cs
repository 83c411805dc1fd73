using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Lists;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>The asynchronous methods.</content>
public sealed partial class ListProxy<T>
{
    /// <summary>Asynchronously reads a copy of an item.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A copy of the item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public async ValueTask<T> GetAsync(Index index, CancellationToken cancellation = default) =>
        Opened(await AskAsync(new ListCommand.Get(PackedItems.Place(index)), cancellation).ConfigureAwait(false), index);

    /// <summary>Asynchronously replaces an item.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="item">The new item.</param>
    /// <param name="cancellation">Cancels the wait; the item may still be set.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public async ValueTask SetAsync(Index index, T item, CancellationToken cancellation = default) =>
        Check(await AskAsync(new ListCommand.Set(PackedItems.Place(index), Pack(item)), cancellation).ConfigureAwait(false), index);

    /// <summary>Asynchronously adds an item at the end.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Cancels the wait; the item may still be added.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public ValueTask AppendAsync(T item, CancellationToken cancellation = default) => SpliceAsync(Index.End, 0, [Pack(item)], cancellation);

    /// <summary>Asynchronously adds items at the end, in one atomic step.</summary>
    /// <param name="items">The items.</param>
    /// <param name="cancellation">Cancels the wait; they may still be added.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public ValueTask ExtendAsync(IEnumerable<T> items, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        return SpliceAsync(Index.End, 0, PackAll(items), cancellation);
    }

    /// <summary>Asynchronously inserts an item at an index; an index beyond the end appends it, as in Python.</summary>
    /// <param name="index">The index that the item will have, from 0.</param>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Cancels the wait; the item may still be added.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative: write Python's -1 as <c>^1</c>.</exception>
    public ValueTask InsertAsync(int index, T item, CancellationToken cancellation = default) => InsertAsync(FromStart(index), item, cancellation);

    /// <summary>Asynchronously inserts an item at an index; an index beyond either end inserts it at that end, as in Python.</summary>
    /// <param name="index">The index, which may count from the end: <c>^1</c> inserts before the last item.</param>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Cancels the wait; the item may still be added.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public async ValueTask InsertAsync(Index index, T item, CancellationToken cancellation = default) =>
        await AskAsync(Inserted(index, item), cancellation).ConfigureAwait(false);

    /// <summary>Asynchronously removes the item at an index and returns it: Python's <c>pop</c>.</summary>
    /// <param name="index">The item's index; <c>^1</c> is the last item.</param>
    /// <param name="cancellation">Cancels the wait; the item may still be removed.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public async ValueTask<T> PopAsync(Index index, CancellationToken cancellation = default) =>
        Opened(await AskAsync(new ListCommand.Take(PackedItems.Place(index)), cancellation).ConfigureAwait(false), index);

    /// <summary>Asynchronously removes the first item that equals the given one.</summary>
    /// <param name="item">The item to compare with.</param>
    /// <param name="cancellation">Cancels the wait; the item may still be removed.</param>
    /// <returns>True if an item was removed; false if none is equal.</returns>
    public async ValueTask<bool> RemoveAsync(T item, CancellationToken cancellation = default) =>
        (await AskAsync(new ListCommand.Remove(Pack(item)), cancellation).ConfigureAwait(false)).Number == 1;

    /// <summary>Asynchronously finds the first item that equals the given one: Python's <c>index</c>.</summary>
    /// <param name="item">The item to compare with.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>Its index, or -1 if no item is equal.</returns>
    public async ValueTask<int> IndexOfAsync(T item, CancellationToken cancellation = default) =>
        (int)(await AskAsync(new ListCommand.Find(Pack(item)), cancellation).ConfigureAwait(false)).Number;

    /// <summary>Asynchronously counts the items.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The number of items at the time of the call.</returns>
    public async ValueTask<int> CountAsync(CancellationToken cancellation = default) =>
        (int)(await AskAsync(ListCommand.Count.Instance, cancellation).ConfigureAwait(false)).Number;

    /// <summary>Asynchronously copies all items as of a single moment.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A new local list.</returns>
    public async ValueTask<List<T>> GetValueAsync(CancellationToken cancellation = default) =>
        PackedItems.Unpack<T>((await AskAsync(new ListCommand.Range(0, long.MaxValue), cancellation).ConfigureAwait(false)).Value);

    /// <summary>Asynchronously updates an item atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="update">Computes the new item from the current one. Runs in the caller's process, again after each concurrent write.</param>
    /// <param name="cancellation">Cancels the wait; the last attempt may have been written.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    [OverloadResolutionPriority(1)]
    public async ValueTask<T> UpdateAsync(Index index, Func<T, T> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        long at = PackedItems.Place(index);
        while (true)
        {
            var known = Check(await AskAsync(new ListCommand.Get(at), cancellation).ConfigureAwait(false), index).Value;
            var next = update(Serializer.Unpack<T>(known));
            var reply = await AskAsync(new ListCommand.CompareAndSet(at, known, Pack(next)), cancellation).ConfigureAwait(false);
            if (Check(reply, index).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>Asynchronously enumerates the items by index, page by page; concurrent writes beyond the current page are seen.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>Copies of the items.</returns>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (long at = 0; ;)
        {
            var reply = await AskAsync(new ListCommand.Range(at, PageSize), cancellation).ConfigureAwait(false);
            var page = PackedItems.Unpack<T>(reply.Value);
            foreach (var item in page)
            {
                yield return item;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            at += page.Count;
        }
    }

    private async ValueTask SpliceAsync(Index at, int removed, Payload[] items, CancellationToken cancellation) =>
        Check(await AskAsync(new ListCommand.Splice(PackedItems.Place(at), removed, items), cancellation).ConfigureAwait(false), at);
}
