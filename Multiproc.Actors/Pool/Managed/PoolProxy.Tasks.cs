using System.Runtime.CompilerServices;
using Multiproc.Pool.Managed;

namespace Multiproc;

/// <content>The calls of asynchronous functions in a pool in a manager. Lambdas here capture no proxy, as those of the other calls.</content>
public sealed partial class PoolProxy
{
    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public TResult Apply<TResult>(
        Func<Task<TResult>> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, options), cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<Task<TResult>> function, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, options), cancellation, callback, errorCallback);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public TResult Apply<T1, TResult>(
        Func<T1, Task<TResult>> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, arg1, options), cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public AsyncResult<TResult> ApplyAsync<T1, TResult>(
        Func<T1, Task<TResult>> function, T1 arg1, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, arg1, options), cancellation, callback, errorCallback);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public TResult Apply<T1, T2, TResult>(
        Func<T1, T2, Task<TResult>> function, T1 arg1, T2 arg2, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, arg1, arg2, options), cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(
        Func<T1, T2, Task<TResult>> function, T1 arg1, T2 arg2, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, arg1, arg2, options), cancellation, callback, errorCallback);

    /// <inheritdoc cref="Map{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public TResult[] Map<TInput, TResult>(
        Func<TInput, Task<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, inputs.ToArray(), chunkSize, options), cancellation, progress);

    /// <inheritdoc cref="MapAsync{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress},
    /// Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, Task<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, inputs.ToArray(), chunkSize, options), cancellation, callback, errorCallback, progress);

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public TResult[] StarMap<T1, T2, TResult>(
        Func<T1, T2, Task<TResult>> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, inputs.ToArray(), chunkSize, options), cancellation, progress);

    /// <inheritdoc cref="StarMapAsync{T1, T2, TResult}(Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, int?, IProgress{PoolProgress},
    /// Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, TResult>(
        Func<T1, T2, Task<TResult>> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, inputs.ToArray(), chunkSize, options), cancellation, callback, errorCallback, progress);

    private static CallOfPool<TResult> Call<TResult>(Func<Task<TResult>> function, TaskOptions? options) =>
        (pool, _, cancellation) => pool.ApplyAsync(function, options: options, cancellation: cancellation);

    private static CallOfPool<TResult> Call<T1, TResult>(Func<T1, Task<TResult>> function, T1 arg1, TaskOptions? options) =>
        (pool, _, cancellation) => pool.ApplyAsync(function, arg1, options: options, cancellation: cancellation);

    private static CallOfPool<TResult> Call<T1, T2, TResult>(Func<T1, T2, Task<TResult>> function, T1 arg1, T2 arg2, TaskOptions? options) =>
        (pool, _, cancellation) => pool.ApplyAsync(function, arg1, arg2, options: options, cancellation: cancellation);

    private static CallOfPool<TResult[]> Call<TInput, TResult>(Func<TInput, Task<TResult>> function, TInput[] inputs, int? chunkSize, TaskOptions? options) =>
        (pool, progress, cancellation) => pool.MapAsync(function, inputs, chunkSize, progress, options: options, cancellation: cancellation);

    private static CallOfPool<TResult[]> Call<T1, T2, TResult>(
        Func<T1, T2, Task<TResult>> function, (T1, T2)[] inputs, int? chunkSize, TaskOptions? options) =>
        (pool, progress, cancellation) => pool.StarMapAsync(function, inputs, chunkSize, progress, options: options, cancellation: cancellation);
}
