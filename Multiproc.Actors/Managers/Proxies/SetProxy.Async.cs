using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects.Sets;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>The same without a blocked thread. All of these throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class SetProxy<T>
{
    /// <summary>How many items there are.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Their number at the moment of asking.</returns>
    public async ValueTask<int> CountAsync(CancellationToken cancellation = default) =>
        (int)(await AskAsync(SetCommand.Count.Instance, cancellation).ConfigureAwait(false)).Number;

    /// <summary>The same as <see cref="Add"/>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Gives up waiting; the item may be added all the same.</param>
    /// <returns>False when it was there.</returns>
    public async ValueTask<bool> AddAsync(T item, CancellationToken cancellation = default) => (await CombineAsync(SetOperation.Union, [item], cancellation).ConfigureAwait(false)).Known == 0;

    /// <summary>The same as <see cref="Remove"/>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Gives up waiting; the item may be removed all the same.</param>
    /// <returns>False when it was not there.</returns>
    public async ValueTask<bool> RemoveAsync(T item, CancellationToken cancellation = default) => (await CombineAsync(SetOperation.Except, [item], cancellation).ConfigureAwait(false)).Known == 1;

    /// <summary>The same as <see cref="Contains"/>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>True when it is there.</returns>
    public async ValueTask<bool> ContainsAsync(T item, CancellationToken cancellation = default) => (await CombineAsync(SetOperation.Compare, [item], cancellation).ConfigureAwait(false)).Known == 1;

    /// <summary>The same as <see cref="Pop"/>.</summary>
    /// <param name="cancellation">Gives up waiting; an item may be removed all the same.</param>
    /// <returns>The oldest item.</returns>
    /// <exception cref="InvalidOperationException">The set is empty.</exception>
    public async ValueTask<T> PopAsync(CancellationToken cancellation = default) => Popped(await AskAsync(SetCommand.Pop.Instance, cancellation).ConfigureAwait(false));

    /// <summary>The same as <see cref="Clear"/>.</summary>
    /// <param name="cancellation">Gives up waiting; the items may be removed all the same.</param>
    /// <returns>A task that ends when the set is empty.</returns>
    public async ValueTask ClearAsync(CancellationToken cancellation = default) => await AskAsync(SetCommand.Clear.Instance, cancellation).ConfigureAwait(false);

    /// <summary>The same as <see cref="UnionWith"/>.</summary>
    /// <param name="other">The items.</param>
    /// <param name="cancellation">Gives up waiting; it may be done all the same.</param>
    /// <returns>A task that ends when they are there.</returns>
    public async ValueTask UnionWithAsync(IEnumerable<T> other, CancellationToken cancellation = default) => await CombineAsync(SetOperation.Union, other, cancellation).ConfigureAwait(false);

    /// <summary>The same as <see cref="ExceptWith"/>.</summary>
    /// <param name="other">The items.</param>
    /// <param name="cancellation">Gives up waiting; it may be done all the same.</param>
    /// <returns>A task that ends when they are gone.</returns>
    public async ValueTask ExceptWithAsync(IEnumerable<T> other, CancellationToken cancellation = default) => await CombineAsync(SetOperation.Except, other, cancellation).ConfigureAwait(false);

    /// <summary>The same as <see cref="IntersectWith"/>.</summary>
    /// <param name="other">The items.</param>
    /// <param name="cancellation">Gives up waiting; it may be done all the same.</param>
    /// <returns>A task that ends when the others are gone.</returns>
    public async ValueTask IntersectWithAsync(IEnumerable<T> other, CancellationToken cancellation = default) => await CombineAsync(SetOperation.Intersect, other, cancellation).ConfigureAwait(false);

    /// <summary>The same as <see cref="SymmetricExceptWith"/>.</summary>
    /// <param name="other">The items.</param>
    /// <param name="cancellation">Gives up waiting; it may be done all the same.</param>
    /// <returns>A task that ends when it is done.</returns>
    public async ValueTask SymmetricExceptWithAsync(IEnumerable<T> other, CancellationToken cancellation = default) =>
        await CombineAsync(SetOperation.SymmetricExcept, other, cancellation).ConfigureAwait(false);

    /// <summary>The same as <see cref="IsSubsetOf"/>.</summary>
    /// <param name="other">The items.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Whether all items of the set are among them.</returns>
    public async ValueTask<bool> IsSubsetOfAsync(IEnumerable<T> other, CancellationToken cancellation = default) => (await CompareAsync(other, cancellation).ConfigureAwait(false)).IsSubset;

    /// <summary>The same as <see cref="IsSupersetOf"/>.</summary>
    /// <param name="other">The items.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Whether all of them are in the set.</returns>
    public async ValueTask<bool> IsSupersetOfAsync(IEnumerable<T> other, CancellationToken cancellation = default) => (await CompareAsync(other, cancellation).ConfigureAwait(false)).IsSuperset;

    /// <summary>The same as <see cref="IsProperSubsetOf"/>.</summary>
    /// <param name="other">The items.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Whether all items of the set are among them, and others.</returns>
    public async ValueTask<bool> IsProperSubsetOfAsync(IEnumerable<T> other, CancellationToken cancellation = default) => (await CompareAsync(other, cancellation).ConfigureAwait(false)).IsProperSubset;

    /// <summary>The same as <see cref="IsProperSupersetOf"/>.</summary>
    /// <param name="other">The items.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Whether all of them are in the set, and others.</returns>
    public async ValueTask<bool> IsProperSupersetOfAsync(IEnumerable<T> other, CancellationToken cancellation = default) => (await CompareAsync(other, cancellation).ConfigureAwait(false)).IsProperSuperset;

    /// <summary>The same as <see cref="Overlaps"/>.</summary>
    /// <param name="other">The items.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Whether one of them is in the set.</returns>
    public async ValueTask<bool> OverlapsAsync(IEnumerable<T> other, CancellationToken cancellation = default) => (await CompareAsync(other, cancellation).ConfigureAwait(false)).Known > 0;

    /// <summary>The same as <see cref="SetEquals"/>.</summary>
    /// <param name="other">The items.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Whether the set has exactly these.</returns>
    public async ValueTask<bool> SetEqualsAsync(IEnumerable<T> other, CancellationToken cancellation = default) => (await CompareAsync(other, cancellation).ConfigureAwait(false)).IsEqual;

    /// <summary>The same as <see cref="GetValue"/>.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A set of this process.</returns>
    public async ValueTask<HashSet<T>> GetValueAsync(CancellationToken cancellation = default) =>
        [.. PackedItems.Unpack<T>((await AskAsync(new SetCommand.Page(0, int.MaxValue), cancellation).ConfigureAwait(false)).Value)];

    /// <summary>Gives the items in order of insertion, page by page: an item that stays is given once, whatever others write meanwhile.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
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
        return Found.In(await AskAsync(new SetCommand.Combine(operation, PackedItems.Pack(items)), cancellation).ConfigureAwait(false));
    }
}
