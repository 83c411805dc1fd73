using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>Map: one function over all inputs, results in their order.</summary>
public sealed partial class ProcessPool
{
    /// <summary>Runs a function over all inputs and gives the results in the order of the inputs.</summary>
    /// <typeparam name="TInput">What the function takes; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">What it gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in the workers; a lambda's captured values are sent along.</param>
    /// <param name="inputs">Read to the end before the first task begins.</param>
    /// <param name="chunkSize">How many tasks go in one piece; by default four pieces for each worker.</param>
    /// <param name="progress">Told from time to time how far the job is, on a thread of the pool.</param>
    /// <param name="options">What holds for its tasks.</param>
    /// <param name="cancellation">Gives up: tasks that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.</param>
    /// <returns>The results.</returns>
    /// <exception cref="WorkerDiedException">A worker ended while it ran a task; thrown when all other tasks are done.</exception>
    /// <exception cref="MultiprocTimeoutException">A task ran longer than it may; thrown when all other tasks are done.</exception>
    /// <exception cref="SerializationException">The function, an input or a result cannot be sent.</exception>
    /// <exception cref="ProcessStartException">Workers die before they can run anything.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <remarks>What the function threw is thrown here as itself, when all other tasks are done; its stack trace begins in the worker.</remarks>
    public TResult[] Map<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new FunctionJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Map{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    public TResult[] Map<TInput, TResult>(
        Func<TInput, CancellationToken, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new FunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <summary>The same as Map, without a blocked thread.</summary>
    /// <typeparam name="TInput">What the function takes; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">What it gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in the workers; a lambda's captured values are sent along.</param>
    /// <param name="inputs">Read to the end before this returns.</param>
    /// <param name="chunkSize">How many tasks go in one piece; by default four pieces for each worker.</param>
    /// <param name="progress">Told from time to time how far the job is, on a thread of the pool.</param>
    /// <param name="callback">Called with the results, before they can be had, on the one thread of the pool's callbacks; not for empty inputs.</param>
    /// <param name="errorCallback">Called with the exception instead, on the same thread.</param>
    /// <param name="options">What holds for its tasks.</param>
    /// <param name="cancellation">Gives up: tasks that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.</param>
    /// <returns>What can be awaited or waited for, and gives the results or throws what Map throws.</returns>
    /// <exception cref="ProcessStartException">Workers died before they could run anything.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(new FunctionJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback), cancellation);

    /// <inheritdoc cref="MapAsync{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, CancellationToken, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(new FunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback), cancellation);

    private static T NotNull<T>(T function)
        where T : Delegate => function ?? throw new ArgumentNullException(nameof(function));

    private TResult[] MapNow<TInput, TResult>(JobWork<TInput, TResult> work, IEnumerable<TInput> inputs, MapCall<TResult> call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return SubmitMap(work, inputs, call, cancellation).Get();
    }

    /// <summary>What is wrong with the work is told by the result; what is wrong with the call, by the call.</summary>
    private AsyncResult<TResult[]> MapLater<TInput, TResult>(JobWork<TInput, TResult> work, IEnumerable<TInput> inputs, MapCall<TResult> call, CancellationToken cancellation)
    {
        try
        {
            return SubmitMap(work, inputs, call, cancellation);
        }
        catch (SerializationException unsendable)
        {
            var sink = new ResultSink<TResult[]>(_supervisor.Callbacks, call.Callback, call.ErrorCallback);
            sink.Fail(unsendable);
            return sink.Result;
        }
    }

    private AsyncResult<TResult[]> SubmitMap<TInput, TResult>(JobWork<TInput, TResult> work, IEnumerable<TInput> inputs, MapCall<TResult> call, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (call.ChunkSize is { } size)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, "chunkSize");
        }

        var sink = new ResultSink<TResult[]>(_supervisor.Callbacks, call.Callback, call.ErrorCallback);
        if (IsOver(call.Options, cancellation))
        {
            sink.Result.SetCancelled(cancellation);
            return sink.Result;
        }

        // A copy: the caller may change its list while the job runs, and a list of its own may throw.
        TInput[] all = [.. inputs];
        if (all.Length == 0)
        {
            sink.Result.SetValue([]);
            return sink.Result;
        }

        // Once for all workers, and here: a function that cannot be sent fails in the call.
        var definition = Serializer.Pack<JobWork>(work);
        var job = new MapJob<TInput, TResult>(_supervisor.NextJob(), work.TakesToken, definition, all, Settings("multiproc.pool.map", call.Progress, call.Options), sink);
        return Submit(job, all.Length, call.ChunkSize ?? Chunks.Automatic(all.Length, _workers), sink.Result, cancellation, adaptive: call.ChunkSize is null);
    }

    private readonly record struct MapCall<TResult>(
        int? ChunkSize, IProgress<PoolProgress>? Progress, TaskOptions? Options, Action<TResult[]>? Callback = null, Action<Exception>? ErrorCallback = null);
}
