using Multiproc.Pool;

namespace Multiproc;

/// <summary>StarMap: Map over inputs of several arguments each.</summary>
public sealed partial class ProcessPool
{
    /// <summary>Runs a function of two arguments over all pairs and gives the results in the order of the inputs.</summary>
    /// <typeparam name="T1">The first argument.</typeparam>
    /// <typeparam name="T2">The second argument.</typeparam>
    /// <typeparam name="TResult">What the function gives.</typeparam>
    /// <param name="function">Runs in the workers; a lambda's captured values are sent along.</param>
    /// <param name="inputs">The arguments of each task; read to the end before the first task begins.</param>
    /// <param name="chunkSize">How many tasks go in one piece; by default four pieces for each worker.</param>
    /// <param name="progress">Told from time to time how far the job is, on a thread of the pool.</param>
    /// <param name="options">What holds for its tasks.</param>
    /// <param name="cancellation">Gives up, as with Map.</param>
    /// <returns>The results. Throws what Map throws.</returns>
    public TResult[] StarMap<T1, T2, TResult>(
        Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new StarJob<T1, T2, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <summary>The same as StarMap, without a blocked thread.</summary>
    /// <typeparam name="T1">The first argument.</typeparam>
    /// <typeparam name="T2">The second argument.</typeparam>
    /// <typeparam name="TResult">What the function gives.</typeparam>
    /// <param name="function">Runs in the workers; a lambda's captured values are sent along.</param>
    /// <param name="inputs">The arguments of each task; read to the end before this returns.</param>
    /// <param name="chunkSize">How many tasks go in one piece; by default four pieces for each worker.</param>
    /// <param name="progress">Told from time to time how far the job is, on a thread of the pool.</param>
    /// <param name="callback">Called with the results, as with MapAsync.</param>
    /// <param name="errorCallback">Called with the exception instead.</param>
    /// <param name="options">What holds for its tasks.</param>
    /// <param name="cancellation">Gives up, as with MapAsync.</param>
    /// <returns>What gives the results.</returns>
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, TResult>(
        Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(new StarJob<T1, T2, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback), cancellation);

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    public TResult[] StarMap<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> function, IEnumerable<(T1, T2, T3)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new StarJob<T1, T2, T3, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="StarMapAsync{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress}, Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> function, IEnumerable<(T1, T2, T3)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(new StarJob<T1, T2, T3, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback), cancellation);

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    public TResult[] StarMap<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, IEnumerable<(T1, T2, T3, T4)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new StarJob<T1, T2, T3, T4, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="StarMapAsync{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress}, Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, IEnumerable<(T1, T2, T3, T4)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(new StarJob<T1, T2, T3, T4, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback), cancellation);
}
