using Multiproc.Pool;

namespace Multiproc;

/// <content>Aggregate: one value of all inputs, most of which is made in the workers.</content>
public sealed partial class ProcessPool
{
    /// <summary>
    /// Makes one value of all inputs, and waits for it: workers add up parts of the inputs, and this process combines what they return, in the order of the
    /// inputs. Only the parts' values travel back, not one result for each input.
    /// </summary>
    /// <typeparam name="TInput">The type of the inputs; anything that can be sent.</typeparam>
    /// <typeparam name="TTotal">The type of the value; anything that can be sent.</typeparam>
    /// <param name="inputs">The inputs; read to the end before the first task begins.</param>
    /// <param name="seed">
    /// The value that each part begins with, sent along: one that changes nothing when it is combined, such as 0 or an empty collection. The result for empty
    /// inputs.
    /// </param>
    /// <param name="add">Adds an input to the value of a part, in a worker; values that a lambda captures are sent along.</param>
    /// <param name="combine">Combines the values of two neighbouring parts, on the calling thread.</param>
    /// <param name="chunkSize">The number of inputs of a part; by default four parts for each worker.</param>
    /// <param name="progress">Receives the progress from time to time, on a thread pool thread, counted in parts.</param>
    /// <param name="options">Settings of the tasks, of which each is a part; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: parts that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The value.</returns>
    /// <exception cref="WorkerDiedException">A worker died while it added up a part; thrown when all other parts are done.</exception>
    /// <exception cref="MultiprocTimeoutException">A part exceeded its time limit; thrown when all other parts are done.</exception>
    /// <exception cref="SerializationException">The function, the seed, an input or a value cannot be sent.</exception>
    /// <exception cref="ProcessStartException">The pool is broken: its workers die before they are ready.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <example>
    /// <code>
    /// long bytes = pool.Aggregate(paths, 0L, static (sum, path) =&gt; sum + new FileInfo(path).Length, static (left, right) =&gt; left + right);
    /// </code>
    /// </example>
    public TTotal Aggregate<TInput, TTotal>(
        IEnumerable<TInput> inputs, TTotal seed, Func<TTotal, TInput, TTotal> add, Func<TTotal, TTotal, TTotal> combine, int? chunkSize = null,
        IProgress<PoolProgress>? progress = null, TaskOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(combine);
        return Combined(
            MapNow(new FoldJob<TInput, TTotal>(seed, NotNull(add)), Parts(inputs, chunkSize), new(1, progress, options), cancellation), seed, combine);
    }

    /// <inheritdoc cref="Aggregate{TInput, TTotal}(IEnumerable{TInput}, TTotal, Func{TTotal, TInput, TTotal}, Func{TTotal, TTotal, TTotal}, int?,
    /// IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>The asynchronous twin: <paramref name="combine"/> runs where the await continues.</remarks>
    public async ValueTask<TTotal> AggregateAsync<TInput, TTotal>(
        IEnumerable<TInput> inputs, TTotal seed, Func<TTotal, TInput, TTotal> add, Func<TTotal, TTotal, TTotal> combine, int? chunkSize = null,
        IProgress<PoolProgress>? progress = null, TaskOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(combine);
        cancellation.ThrowIfCancellationRequested();
        return Combined(
            await MapLater(new FoldJob<TInput, TTotal>(seed, NotNull(add)), Parts(inputs, chunkSize), new(1, progress, options), cancellation), seed, combine);
    }

    private static TTotal Combined<TTotal>(TTotal[] totals, TTotal seed, Func<TTotal, TTotal, TTotal> combine) =>
        totals.Length == 0 ? seed : totals.Aggregate(combine);

    private TInput[][] Parts<TInput>(IEnumerable<TInput> inputs, int? chunkSize)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (chunkSize is { } size)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(chunkSize));
        }

        TInput[] all = [.. inputs];
        return [.. all.Chunk(chunkSize ?? AutomaticChunk(all.Length))];
    }
}
