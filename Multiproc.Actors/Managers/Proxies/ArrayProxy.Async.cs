using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Objects;
using Multiproc.Objects.Lists;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>Ranges and changes without a blocked thread. All of these throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class ArrayProxy<T>
{
    /// <summary>Copies the items of a range, all of one moment. As in Python, what is beyond the array is cut.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="length">How many, as far as there are any.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>An array of this process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative start or length.</exception>
    public async ValueTask<T[]> SliceAsync(int start, int length, CancellationToken cancellation = default) =>
        Opened(await AskAsync(Part(PythonSlice.Of(start, length, Length)), cancellation).ConfigureAwait(false));

    /// <summary>Copies the items of a range, all of one moment. As in Python, what is beyond the array is cut.</summary>
    /// <param name="range">Which, from either end.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>An array of this process.</returns>
    public async ValueTask<T[]> SliceAsync(Range range, CancellationToken cancellation = default) =>
        Opened(await AskAsync(Part(PythonSlice.Of(range, Length)), cancellation).ConfigureAwait(false));

    /// <summary>Sets as many items as are given, in one step.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="items">The items.</param>
    /// <param name="cancellation">Gives up waiting; they may be set all the same.</param>
    /// <returns>A task that ends when they are there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative start; or the array has fewer places from there on than there are items: its length is fixed.</exception>
    public async ValueTask SetRangeAsync(int start, IReadOnlyCollection<T> items, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        await AskAsync(Replaced(PythonSlice.Of(start, items.Count, Length), items), cancellation).ConfigureAwait(false);
    }

    /// <summary>Sets the items of a range in one step. As in Python, what is beyond the array is cut first.</summary>
    /// <param name="range">Which, from either end.</param>
    /// <param name="items">As many items as the range has places of the array.</param>
    /// <param name="cancellation">Gives up waiting; they may be set all the same.</param>
    /// <returns>A task that ends when they are there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are more or fewer: the length of an array is fixed.</exception>
    public async ValueTask SetRangeAsync(Range range, IReadOnlyCollection<T> items, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        await AskAsync(Replaced(PythonSlice.Of(range, Length), items), cancellation).ConfigureAwait(false);
    }

    /// <summary>The same as <see cref="Update"/>.</summary>
    /// <param name="index">The item's place.</param>
    /// <param name="update">Makes the new item from the known one; called here, again when somebody else was faster.</param>
    /// <param name="cancellation">Gives up waiting; the last try may have been written.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public async ValueTask<T> UpdateAsync(int index, Func<T, T> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        long at = Inside(index);
        while (true)
        {
            var known = (await AskAsync(new ListCommand.Get(at), cancellation).ConfigureAwait(false)).Value;
            var next = update(Serializer.Unpack<T>(known));
            if ((await AskAsync(new ListCommand.CompareAndSet(at, known, Serializer.Pack(next)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>The same as <see cref="GetValue"/>.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>An array of this process.</returns>
    public ValueTask<T[]> GetValueAsync(CancellationToken cancellation = default) => SliceAsync(0, Length, cancellation);

    /// <summary>Gives the items page by page.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Copies of the items.</returns>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        for (int at = 0; at < Length; at += PageSize)
        {
            foreach (var item in await SliceAsync(at, Math.Min(PageSize, Length - at), cancellation).ConfigureAwait(false))
            {
                yield return item;
            }
        }
    }
}
