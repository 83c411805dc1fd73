using System.Runtime.CompilerServices;
using Multiproc.Pool;

namespace Multiproc;

/// <content>Map and StarMap of asynchronous functions.</content>
public sealed partial class ProcessPool
{
    /// <inheritdoc cref="Map{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult[] Map<TInput, TResult>(
        Func<TInput, Task<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new AsyncFunctionJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="MapAsync{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, Action{TResult[]},
    /// Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, Task<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new AsyncFunctionJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);

    /// <inheritdoc cref="Map{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult[] Map<TInput, TResult>(
        Func<TInput, CancellationToken, Task<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new AsyncFunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="MapAsync{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, Action{TResult[]},
    /// Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, CancellationToken, Task<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new AsyncFunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);

    /// <inheritdoc cref="Map{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(1)]
    public TResult[] Map<TInput, TResult>(
        Func<TInput, ValueTask<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new ValueTaskJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="MapAsync{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, Action{TResult[]},
    /// Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(1)]
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, ValueTask<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new ValueTaskJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);

    /// <inheritdoc cref="Map{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(1)]
    public TResult[] Map<TInput, TResult>(
        Func<TInput, CancellationToken, ValueTask<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null,
        IProgress<PoolProgress>? progress = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new ValueTaskTokenJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="MapAsync{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, Action{TResult[]},
    /// Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(1)]
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, CancellationToken, ValueTask<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null,
        IProgress<PoolProgress>? progress = null, Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        MapLater(
            new ValueTaskTokenJob<TInput, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult[] StarMap<T1, T2, TResult>(
        Func<T1, T2, Task<TResult>> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new AsyncStarJob<T1, T2, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="StarMapAsync{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress},
    /// Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, TResult>(
        Func<T1, T2, Task<TResult>> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new AsyncStarJob<T1, T2, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult[] StarMap<T1, T2, T3, TResult>(
        Func<T1, T2, T3, Task<TResult>> function, IEnumerable<(T1, T2, T3)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new AsyncStarJob<T1, T2, T3, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="StarMapAsync{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress},
    /// Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, T3, TResult>(
        Func<T1, T2, T3, Task<TResult>> function, IEnumerable<(T1, T2, T3)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new AsyncStarJob<T1, T2, T3, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult[] StarMap<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, Task<TResult>> function, IEnumerable<(T1, T2, T3, T4)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new AsyncStarJob<T1, T2, T3, T4, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="StarMapAsync{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress},
    /// Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, Task<TResult>> function, IEnumerable<(T1, T2, T3, T4)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapLater(
            new AsyncStarJob<T1, T2, T3, T4, TResult>(NotNull(function)), inputs, new MapCall<TResult>(chunkSize, progress, options, callback, errorCallback),
            cancellation);

    /// <summary>Runs an asynchronous action over all inputs and waits until the tasks of all of them have ended. Throws what Map throws.</summary>
    /// <typeparam name="TInput">The type of the action's input; anything that can be sent.</typeparam>
    /// <param name="function">The action, run in the workers; values that a lambda captures are sent along.</param>
    /// <param name="inputs">The inputs; read to the end before the first task begins.</param>
    /// <param name="chunkSize">The number of tasks in a chunk, which is sent to a worker in one message; by default four chunks for each worker.</param>
    /// <param name="progress">Receives the progress of the job from time to time, on a thread pool thread.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: tasks that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    [OverloadResolutionPriority(1)]
    public void Map<TInput>(
        Func<TInput, Task> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new AsyncActionJob<TInput>(NotNull(function)), inputs, new MapCall<object?>(chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Map{TInput}(Func{TInput, Task}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public void Map<TInput>(
        Func<TInput, CancellationToken, Task> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        MapNow(new AsyncActionTokenJob<TInput>(NotNull(function)), inputs, new MapCall<object?>(chunkSize, progress, options), cancellation);
}
