using System.Runtime.CompilerServices;
using Multiproc.Objects;
using Multiproc.Objects.Lists;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Asynchronous range operations and updates. All of them throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class ArrayProxy<T>
{
    /// <summary>Asynchronously copies the items of a range as of a single moment. A range beyond the end of the array is truncated, as in Python.</summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="length">The maximum number of items to copy.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A new local array.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The start or the length is negative.</exception>
    public async ValueTask<T[]> SliceAsync(int start, int length, CancellationToken cancellation = default) =>
        Opened(await AskAsync(Part(PythonSlice.Of(start, length, Length)), cancellation).ConfigureAwait(false));

    /// <summary>Asynchronously copies the items of a range as of a single moment. A range beyond the end of the array is truncated, as in Python.</summary>
    /// <param name="range">The range; either bound may count from the end.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A new local array.</returns>
    public async ValueTask<T[]> SliceAsync(Range range, CancellationToken cancellation = default) =>
        Opened(await AskAsync(Part(PythonSlice.Of(range, Length)), cancellation).ConfigureAwait(false));

    /// <summary>Asynchronously overwrites consecutive items, beginning at an index, in one atomic step.</summary>
    /// <param name="start">The index of the first item.</param>
    /// <param name="items">The items.</param>
    /// <param name="cancellation">Cancels the wait; they may still be set.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The start is negative, or the items do not fit between it and the end of the array, whose length is fixed.
    /// </exception>
    public async ValueTask SetRangeAsync(int start, IReadOnlyCollection<T> items, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        await AskAsync(Replaced(PythonSlice.Of(start, items.Count, Length), items), cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Asynchronously overwrites the items of a range in one atomic step. A range beyond the end of the array is truncated first, as in Python.
    /// </summary>
    /// <param name="range">The range; either bound may count from the end.</param>
    /// <param name="items">The items; exactly as many as the truncated range has.</param>
    /// <param name="cancellation">Cancels the wait; they may still be set.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of items differs from the length of the range; the length of an array is fixed.</exception>
    public async ValueTask SetRangeAsync(Range range, IReadOnlyCollection<T> items, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        await AskAsync(Replaced(PythonSlice.Of(range, Length), items), cancellation).ConfigureAwait(false);
    }

    /// <summary>Asynchronously updates an item atomically, retrying when another client wrote it meanwhile.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="update">Computes the new item from the current one. Runs in the caller's process, again after each concurrent write.</param>
    /// <param name="cancellation">Cancels the wait; the last attempt may have been written.</param>
    /// <returns>The value after the call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public async ValueTask<T> UpdateAsync(int index, Func<T, T> update, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        long at = Inside(index);
        while (true)
        {
            var known = (await AskAsync(new ListCommand.Get(at), cancellation).ConfigureAwait(false)).Value;
            var next = update(Serializer.Unpack<T>(known));
            if ((await AskAsync(new ListCommand.CompareAndSet(at, known, Pack(next)), cancellation).ConfigureAwait(false)).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>Asynchronously copies all items as of a single moment.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A new local array.</returns>
    public ValueTask<T[]> GetValueAsync(CancellationToken cancellation = default) => SliceAsync(0, Length, cancellation);

    /// <summary>Asynchronously enumerates the items, page by page.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
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
