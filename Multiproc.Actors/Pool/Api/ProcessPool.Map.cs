using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Map: one function over all inputs, with the results in their order.</content>
public sealed partial class ProcessPool
{
    /// <summary>Runs a function over all inputs, waits, and returns the results in the order of the inputs.</summary>
    /// <typeparam name="TInput">The type of the function's input; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in the workers; values that a lambda captures are sent along.</param>
    /// <param name="inputs">The inputs; read to the end before the first task begins.</param>
    /// <param name="chunkSize">The number of tasks in a chunk, which is sent to a worker in one message; by default four chunks for each worker.</param>
    /// <param name="progress">Receives the progress of the job from time to time, on a thread pool thread.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: tasks that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The results.</returns>
    /// <exception cref="WorkerDiedException">A worker died while it ran a task; thrown when all other tasks are done.</exception>
    /// <exception cref="MultiprocTimeoutException">A task exceeded its time limit; thrown when all other tasks are done.</exception>
    /// <exception cref="SerializationException">The function, an input or a result cannot be sent.</exception>
    /// <exception cref="ProcessStartException">The pool is broken: its workers die before they are ready.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <remarks>An exception of the function is rethrown here with its own type, when all other tasks are done; its stack trace begins in the worker.</remarks>
    public TResult[] Map<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new FunctionJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Map{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    public TResult[] Map<TInput, TResult>(
        Func<TInput, CancellationToken, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new FunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <summary>Runs a function over all inputs and returns at once with the pending results, in the order of the inputs.</summary>
    /// <typeparam name="TInput">The type of the function's input; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in the workers; values that a lambda captures are sent along.</param>
    /// <param name="inputs">The inputs; read to the end before this returns.</param>
    /// <param name="chunkSize">The number of tasks in a chunk, which is sent to a worker in one message; by default four chunks for each worker.</param>
    /// <param name="progress">Receives the progress of the job from time to time, on a thread pool thread.</param>
    /// <param name="callback">Called with the results, before waiters get them, on the single callback thread of the pool. Not called for empty inputs.</param>
    /// <param name="errorCallback">Called with the exception if the call fails, on the same thread.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: tasks that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The pending results, which can be awaited or waited for; throws what Map throws.</returns>
    /// <exception cref="ProcessStartException">The pool is broken: its workers died before they were ready.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new FunctionJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);

    /// <inheritdoc cref="MapAsync{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, Action{TResult[]},
    /// Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, CancellationToken, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new FunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);

    /// <summary>The number of workers, of all nodes if they are on nodes.</summary>
    private int AllWorkers => Volatile.Read(ref _workers) * _pool.Places;

    private static T NotNull<T>(T function)
        where T : Delegate => function ?? throw new ArgumentNullException(nameof(function));

    private TResult[] MapNow<TInput, TResult>(JobWork<TInput, TResult> work, IEnumerable<TInput> inputs, MapCall<TResult> call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return SubmitMap(work, inputs, call, cancellation).Get();
    }

    /// <summary>Starts a Map. Serialization failures surface through the result; invalid arguments throw.</summary>
    private AsyncResult<TResult[]> MapLater<TInput, TResult>(
        JobWork<TInput, TResult> work, IEnumerable<TInput> inputs, MapCall<TResult> call, CancellationToken cancellation)
    {
        try
        {
            return SubmitMap(work, inputs, call, cancellation);
        }
        catch (SerializationException unsendable)
        {
            var sink = new ResultSink<TResult[]>(_pool.Callbacks, call.Callback, call.ErrorCallback);
            sink.Fail(unsendable);
            return sink.Result;
        }
    }

    private AsyncResult<TResult[]> SubmitMap<TInput, TResult>(
        JobWork<TInput, TResult> work, IEnumerable<TInput> inputs, MapCall<TResult> call, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (call.ChunkSize is { } size)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, "chunkSize");
        }

        var sink = new ResultSink<TResult[]>(_pool.Callbacks, call.Callback, call.ErrorCallback);
        if (IsOver(call.Options, cancellation))
        {
            sink.Result.SetCancelled(cancellation);
            return sink.Result;
        }

        // A copy, since the caller may change its list while the job runs, and a list type of the caller may throw.
        TInput[] all = [.. inputs];
        if (all.Length == 0)
        {
            sink.Result.SetValue([]);
            return sink.Result;
        }

        // Serialized once for all workers, and here, so that a function that cannot be sent fails in the call.
        var definition = Serializer.Pack<JobWork>(work);
        var job = new MapJob<TInput, TResult>(
            _pool.NextJob(), work.TakesToken, definition, all, Settings("multiproc.pool.map", work, call.Progress, call.Options), sink);
        return Submit(job, all.Length, call.ChunkSize ?? Chunks.Automatic(all.Length, AllWorkers), sink.Result, cancellation, adaptive: call.ChunkSize is null);
    }

    private readonly record struct MapCall<TResult>(
        int? ChunkSize, IProgress<PoolProgress>? Progress, TaskOptions? Options, Action<TResult[]>? Callback = null, Action<Exception>? ErrorCallback = null);
}
