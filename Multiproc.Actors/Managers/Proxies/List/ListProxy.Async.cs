using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Lists;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>The same without a blocked thread.</content>
public sealed partial class ListProxy<T>
{
    /// <summary>Reads an item.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A copy of the item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public async ValueTask<T> GetAsync(Index index, CancellationToken cancellation = default) =>
        Opened(await AskAsync(new ListCommand.Get(PackedItems.Place(index)), cancellation).ConfigureAwait(false), index);

    /// <summary>Sets an item.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="item">The new item.</param>
    /// <param name="cancellation">Gives up waiting; the item may be set all the same.</param>
    /// <returns>A task that ends when it is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public async ValueTask SetAsync(Index index, T item, CancellationToken cancellation = default) =>
        Check(await AskAsync(new ListCommand.Set(PackedItems.Place(index), Serializer.Pack(item)), cancellation).ConfigureAwait(false), index);

    /// <summary>Adds an item at the end.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Gives up waiting; the item may be added all the same.</param>
    /// <returns>A task that ends when it is there.</returns>
    public ValueTask AppendAsync(T item, CancellationToken cancellation = default) => SpliceAsync(Index.End, 0, [Serializer.Pack(item)], cancellation);

    /// <summary>Adds items at the end, all in one step.</summary>
    /// <param name="items">The items.</param>
    /// <param name="cancellation">Gives up waiting; they may be added all the same.</param>
    /// <returns>A task that ends when they are there.</returns>
    public ValueTask ExtendAsync(IEnumerable<T> items, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        return SpliceAsync(Index.End, 0, PackedItems.Pack(items), cancellation);
    }

    /// <summary>Puts an item before another; beyond the end it is appended, as in Python.</summary>
    /// <param name="index">Where it will be, from 0.</param>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Gives up waiting; the item may be added all the same.</param>
    /// <returns>A task that ends when it is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative place: what Python writes as -1 is <c>^1</c>.</exception>
    public ValueTask InsertAsync(int index, T item, CancellationToken cancellation = default) => InsertAsync(FromStart(index), item, cancellation);

    /// <summary>Puts an item before another; beyond an end of the list it is put at that end, as in Python.</summary>
    /// <param name="index">Where it will be, from either end: at <c>^1</c> it comes before the last item.</param>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Gives up waiting; the item may be added all the same.</param>
    /// <returns>A task that ends when it is there.</returns>
    public async ValueTask InsertAsync(Index index, T item, CancellationToken cancellation = default) => await AskAsync(Inserted(index, item), cancellation).ConfigureAwait(false);

    /// <summary>Removes an item and gives it.</summary>
    /// <param name="index">Its place; <c>^1</c> is the last one.</param>
    /// <param name="cancellation">Gives up waiting; the item may be removed all the same.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public async ValueTask<T> PopAsync(Index index, CancellationToken cancellation = default) =>
        Opened(await AskAsync(new ListCommand.Take(PackedItems.Place(index)), cancellation).ConfigureAwait(false), index);

    /// <summary>Removes the first item that is equal to another.</summary>
    /// <param name="item">The other.</param>
    /// <param name="cancellation">Gives up waiting; the item may be removed all the same.</param>
    /// <returns>False when there is none.</returns>
    public async ValueTask<bool> RemoveAsync(T item, CancellationToken cancellation = default) =>
        (await AskAsync(new ListCommand.Remove(Serializer.Pack(item)), cancellation).ConfigureAwait(false)).Number == 1;

    /// <summary>Where the first item is that is equal to another.</summary>
    /// <param name="item">The other.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Its place, or -1.</returns>
    public async ValueTask<int> IndexOfAsync(T item, CancellationToken cancellation = default) =>
        (int)(await AskAsync(new ListCommand.Find(Serializer.Pack(item)), cancellation).ConfigureAwait(false)).Number;

    /// <summary>How many items there are.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Their number at the moment of asking.</returns>
    public async ValueTask<int> CountAsync(CancellationToken cancellation = default) =>
        (int)(await AskAsync(ListCommand.Count.Instance, cancellation).ConfigureAwait(false)).Number;

    /// <summary>A copy of all items at one moment.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A list of this process.</returns>
    public async ValueTask<List<T>> GetValueAsync(CancellationToken cancellation = default) =>
        PackedItems.Unpack<T>((await AskAsync(new ListCommand.Range(0, long.MaxValue), cancellation).ConfigureAwait(false)).Value);

    /// <summary>Changes an item; nobody else's change is lost.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="update">Makes the new item from the known one; called here, again when somebody else was faster.</param>
    /// <param name="cancellation">Gives up waiting; the last try may have been written.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    [OverloadResolutionPriority(1)]
    public async ValueTask<T> UpdateAsync(Index index, Func<T, T> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        long at = PackedItems.Place(index);
        while (true)
        {
            var known = Check(await AskAsync(new ListCommand.Get(at), cancellation).ConfigureAwait(false), index).Value;
            var next = update(Serializer.Unpack<T>(known));
            var reply = await AskAsync(new ListCommand.CompareAndSet(at, known, Serializer.Pack(next)), cancellation).ConfigureAwait(false);
            if (Check(reply, index).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>Gives the items by place, page by page; what others write behind the current page is seen.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
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
