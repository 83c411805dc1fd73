using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Aggregate: sums of many inputs, which are added up where they are.</content>
public sealed partial class ProcessPool
{
    /// <summary>
    /// Adds up many inputs in the workers and combines their partial sums here. Less is sent than by Map, if a sum is smaller than the results that it is made
    /// of: counts of words, totals by key, extremes, sketches.
    /// </summary>
    /// <typeparam name="TInput">The type of the inputs; anything that can be sent.</typeparam>
    /// <typeparam name="TSum">The type of the sum; anything that can be sent.</typeparam>
    /// <param name="inputs">
    /// The inputs; read to the end while partial sums arrive. If their number is known without reading them, a worker gets large slices first and single inputs
    /// at the end; else slices of 1, 2, 4, … 1,024 inputs.
    /// </param>
    /// <param name="seed">The sum of no inputs. Each slice begins with a copy of its own, so <paramref name="add"/> may change it.</param>
    /// <param name="add">Adds an input to a partial sum and returns the sum, which may be the same object; run in the workers.</param>
    /// <param name="combine">
    /// Combines two partial sums, in the order of their inputs, and returns the sum, which may be the first of them; run here, one call at a time. It must not
    /// matter how the inputs are grouped, but it may matter in which order they are.
    /// </param>
    /// <param name="progress">Receives the number of inputs that are in the sum, whenever it grows.</param>
    /// <param name="options">
    /// Settings of the tasks, each of which adds up a slice; null (the default) for those of the pool. With <see cref="TaskOptions.Idempotent"/> a slice whose
    /// worker died is added up again, and each input is in the sum once.
    /// </param>
    /// <param name="cancellation">
    /// Cancels the call: slices that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The sum; <paramref name="seed"/> if there are no inputs.</returns>
    /// <exception cref="WorkerDiedException">
    /// A worker died while it added up a slice. <see cref="WorkerDiedException.Argument"/> names the inputs, <see cref="WorkerDiedException.TaskIndex"/> is the
    /// number of the slice.
    /// </exception>
    /// <exception cref="MultiprocTimeoutException">A slice took longer than the time limit of a task.</exception>
    /// <exception cref="SerializationException">The seed, a function, an input or a partial sum cannot be sent.</exception>
    /// <exception cref="ProcessStartException">The pool is broken: its workers die before they are ready.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <remarks>An exception of <paramref name="add"/> is rethrown here with its own type, and ends the call: what has not begun is dropped.</remarks>
    /// <example>
    /// <code>
    /// var words = pool.Aggregate(
    ///     Directory.GetFiles("logs"),
    ///     new Dictionary&lt;string, int&gt;(),
    ///     static (counts, path) =&gt; { foreach (string word in Words(path)) counts[word] = counts.GetValueOrDefault(word) + 1; return counts; },
    ///     static (all, more) =&gt; { foreach (var (word, count) in more) all[word] = all.GetValueOrDefault(word) + count; return all; });
    /// </code>
    /// </example>
    public TSum Aggregate<TInput, TSum>(
        IEnumerable<TInput> inputs, TSum seed, Func<TSum, TInput, TSum> add, Func<TSum, TSum, TSum> combine, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default)
    {
        using var partials = StartAggregation(inputs, seed, add, combine, progress, options, cancellation, out var sum);
        while (partials.MoveNext())
        {
            sum.Add(partials.Current);
        }

        return sum.Value;
    }

    /// <inheritdoc cref="Aggregate"/>
    /// <remarks>Does not block: <paramref name="combine"/> runs on the thread pool.</remarks>
    public async Task<TSum> AggregateAsync<TInput, TSum>(
        IEnumerable<TInput> inputs, TSum seed, Func<TSum, TInput, TSum> add, Func<TSum, TSum, TSum> combine, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default)
    {
        using var partials = StartAggregation(inputs, seed, add, combine, progress, options, cancellation, out var sum);
        await foreach (var partial in partials.AsAsyncEnumerable().ConfigureAwait(false))
        {
            sum.Add(partial);
        }

        return sum.Value;
    }

    private PoolResults<TSum> StartAggregation<TInput, TSum>(
        IEnumerable<TInput> inputs, TSum seed, Func<TSum, TInput, TSum> add, Func<TSum, TSum, TSum> combine, IProgress<PoolProgress>? progress,
        TaskOptions? options, CancellationToken cancellation, out RunningSum<TInput, TSum> sum)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        NotNull(combine);
        cancellation.ThrowIfCancellationRequested();
        var told = progress is null ? null : new AggregateProgress<TInput>(progress, inputs);
        sum = new RunningSum<TInput, TSum>(seed, combine, told);
        var slices = InputSlices.Cut(inputs, AllWorkers);
        var work = new Aggregation<TInput, TSum>(Serializer.Pack(seed).Bytes.ToArray(), NotNull(add));
        return Imap<InputSlice<TInput>, TSum>(work.Run, told?.Counted(slices) ?? slices, options: options, cancellation: cancellation);
    }
}
