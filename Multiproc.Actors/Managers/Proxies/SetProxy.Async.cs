using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Sets;

namespace Multiproc;

/// <content>The asynchronous methods. All of them throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class SetProxy<T>
{
    /// <summary>Asynchronously counts the items.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The number of items at the time of the call.</returns>
    public async ValueTask<int> CountAsync(CancellationToken cancellation = default) =>
        (int)(await AskAsync(SetCommand.Count.Instance, cancellation).ConfigureAwait(false)).Number;

    /// <summary>Asynchronously adds an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Cancels the wait; the item may still be added.</param>
    /// <returns>True if the item was added; false if the set contained it.</returns>
    public async ValueTask<bool> AddAsync(T item, CancellationToken cancellation = default) =>
        (await CombineAsync(SetOperation.Union, [item], cancellation).ConfigureAwait(false)).Known == 0;

    /// <summary>Asynchronously removes an item if the set contains it: Python's <c>discard</c>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Cancels the wait; the item may still be removed.</param>
    /// <returns>True if the item was removed; false if the set did not contain it.</returns>
    public async ValueTask<bool> RemoveAsync(T item, CancellationToken cancellation = default) =>
        (await CombineAsync(SetOperation.Except, [item], cancellation).ConfigureAwait(false)).Known == 1;

    /// <summary>Asynchronously tests whether the set contains an item at the time of the call.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if the set contains the item.</returns>
    public async ValueTask<bool> ContainsAsync(T item, CancellationToken cancellation = default) =>
        (await CombineAsync(SetOperation.Compare, [item], cancellation).ConfigureAwait(false)).Known == 1;

    /// <summary>Asynchronously removes and returns the oldest item.</summary>
    /// <param name="cancellation">Cancels the wait; an item may still be removed.</param>
    /// <returns>The oldest item.</returns>
    /// <exception cref="InvalidOperationException">The set is empty.</exception>
    public async ValueTask<T> PopAsync(CancellationToken cancellation = default) =>
        Popped(await AskAsync(SetCommand.Pop.Instance, cancellation).ConfigureAwait(false));

    /// <summary>Asynchronously removes all items.</summary>
    /// <param name="cancellation">Cancels the wait; the items may still be removed.</param>
    /// <returns>A task that completes when the set is empty.</returns>
    public async ValueTask ClearAsync(CancellationToken cancellation = default) =>
        await AskAsync(SetCommand.Clear.Instance, cancellation).ConfigureAwait(false);

    /// <summary>Asynchronously adds the given items, in one atomic step.</summary>
    /// <param name="other">The items to combine or compare with.</param>
    /// <param name="cancellation">Cancels the wait; the change may still be made.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public async ValueTask UnionWithAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        await CombineAsync(SetOperation.Union, other, cancellation).ConfigureAwait(false);

    /// <summary>Asynchronously removes the given items, in one atomic step.</summary>
    /// <param name="other">The items to combine or compare with.</param>
    /// <param name="cancellation">Cancels the wait; the change may still be made.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public async ValueTask ExceptWithAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        await CombineAsync(SetOperation.Except, other, cancellation).ConfigureAwait(false);

    /// <summary>Asynchronously removes all items but the given ones, in one atomic step.</summary>
    /// <param name="other">The items to combine or compare with.</param>
    /// <param name="cancellation">Cancels the wait; the change may still be made.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public async ValueTask IntersectWithAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        await CombineAsync(SetOperation.Intersect, other, cancellation).ConfigureAwait(false);

    /// <summary>Asynchronously removes those of the given items that the set contains and adds the others, in one atomic step.</summary>
    /// <param name="other">The items to combine or compare with.</param>
    /// <param name="cancellation">Cancels the wait; the change may still be made.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    public async ValueTask SymmetricExceptWithAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        await CombineAsync(SetOperation.SymmetricExcept, other, cancellation).ConfigureAwait(false);

    /// <summary>Asynchronously tests whether the given items include all items of the set.</summary>
    /// <param name="other">The items to combine or compare with.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if the given items include all items of the set.</returns>
    public async ValueTask<bool> IsSubsetOfAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        (await CompareAsync(other, cancellation).ConfigureAwait(false)).IsSubset;

    /// <summary>Asynchronously tests whether the set contains all of the given items.</summary>
    /// <param name="other">The items to combine or compare with.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if the set contains all of the given items.</returns>
    public async ValueTask<bool> IsSupersetOfAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        (await CompareAsync(other, cancellation).ConfigureAwait(false)).IsSuperset;

    /// <summary>Asynchronously tests whether the given items include all items of the set and others.</summary>
    /// <param name="other">The items to combine or compare with.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if the given items include all items of the set and others.</returns>
    public async ValueTask<bool> IsProperSubsetOfAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        (await CompareAsync(other, cancellation).ConfigureAwait(false)).IsProperSubset;

    /// <summary>Asynchronously tests whether the set contains all of the given items and others.</summary>
    /// <param name="other">The items to combine or compare with.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if the set contains all of the given items and others.</returns>
    public async ValueTask<bool> IsProperSupersetOfAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        (await CompareAsync(other, cancellation).ConfigureAwait(false)).IsProperSuperset;

    /// <summary>Asynchronously tests whether the set contains one of the given items.</summary>
    /// <param name="other">The items to combine or compare with.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if the set contains one of the given items.</returns>
    public async ValueTask<bool> OverlapsAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        (await CompareAsync(other, cancellation).ConfigureAwait(false)).Known > 0;

    /// <summary>Asynchronously tests whether the set contains exactly the given items.</summary>
    /// <param name="other">The items to combine or compare with.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if the set contains exactly the given items.</returns>
    public async ValueTask<bool> SetEqualsAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        (await CompareAsync(other, cancellation).ConfigureAwait(false)).IsEqual;

    /// <summary>Asynchronously copies all items as of a single moment.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A new local set.</returns>
    public async ValueTask<HashSet<T>> GetValueAsync(CancellationToken cancellation = default) =>
        [.. PackedItems.Unpack<T>((await AskAsync(new SetCommand.Page(0, int.MaxValue), cancellation).ConfigureAwait(false)).Value)];

    /// <summary>
    /// Asynchronously enumerates the items in insertion order, page by page. An item that is not removed meanwhile is returned exactly once, regardless of
    /// concurrent writes.
    /// </summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>Copies of the items.</returns>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (long cursor = 0; cursor >= 0;)
        {
            var reply = await AskAsync(new SetCommand.Page(cursor, PageSize), cancellation).ConfigureAwait(false);
            cursor = reply.Number;
            foreach (var item in PackedItems.Unpack<T>(reply.Value))
            {
                yield return item;
            }
        }
    }

    private ValueTask<Found> CompareAsync(IEnumerable<T> other, CancellationToken cancellation) => CombineAsync(SetOperation.Compare, other, cancellation);

    private async ValueTask<Found> CombineAsync(SetOperation operation, IEnumerable<T> items, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Found.In(await AskAsync(new SetCommand.Combine(operation, PackAll(items)), cancellation).ConfigureAwait(false));
    }
}
