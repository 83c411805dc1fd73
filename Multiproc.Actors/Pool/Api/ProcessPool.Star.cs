using Multiproc.Pool;

namespace Multiproc;

/// <content>StarMap: Map over inputs of several arguments each.</content>
public sealed partial class ProcessPool
{
    /// <summary>Runs a function of two arguments over all pairs, waits, and returns the results in the order of the inputs.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in the workers; values that a lambda captures are sent along.</param>
    /// <param name="inputs">The arguments of each task; read to the end before the first task begins.</param>
    /// <param name="chunkSize">The number of tasks in a chunk, which is sent to a worker in one message; by default four chunks for each worker.</param>
    /// <param name="progress">Receives the progress of the job from time to time, on a thread pool thread.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: tasks that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The results. Throws what Map throws.</returns>
    public TResult[] StarMap<T1, T2, TResult>(
        Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new StarJob<T1, T2, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <summary>Runs a function of two arguments over all pairs and returns at once with the pending results, in the order of the inputs.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in the workers; values that a lambda captures are sent along.</param>
    /// <param name="inputs">The arguments of each task; read to the end before this returns.</param>
    /// <param name="chunkSize">The number of tasks in a chunk, which is sent to a worker in one message; by default four chunks for each worker.</param>
    /// <param name="progress">Receives the progress of the job from time to time, on a thread pool thread.</param>
    /// <param name="callback">Called with the results, before waiters get them, on the single callback thread of the pool. Not called for empty inputs.</param>
    /// <param name="errorCallback">Called with the exception if the call fails, on the same thread.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: tasks that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The pending results, which can be awaited or waited for; throws what Map throws.</returns>
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, TResult>(
        Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new StarJob<T1, T2, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback), cancellation);

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    public TResult[] StarMap<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> function, IEnumerable<(T1, T2, T3)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new StarJob<T1, T2, T3, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="StarMapAsync{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress},
    /// Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> function, IEnumerable<(T1, T2, T3)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new StarJob<T1, T2, T3, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    public TResult[] StarMap<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, IEnumerable<(T1, T2, T3, T4)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new StarJob<T1, T2, T3, T4, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="StarMapAsync{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress},
    /// Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, IEnumerable<(T1, T2, T3, T4)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new StarJob<T1, T2, T3, T4, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);
}
