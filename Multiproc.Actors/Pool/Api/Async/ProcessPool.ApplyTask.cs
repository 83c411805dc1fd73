using System.Runtime.CompilerServices;
using Multiproc.Pool;

namespace Multiproc;

/// <content>Apply of asynchronous functions.</content>
public sealed partial class ProcessPool
{
    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult Apply<TResult>(Func<Task<TResult>> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncCallJob<TResult>(NotNull(function)), default(Nothing), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<Task<TResult>> function, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new AsyncCallJob<TResult>(NotNull(function)), default(Nothing), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult Apply<TResult>(Func<CancellationToken, Task<TResult>> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncCallTokenJob<TResult>(NotNull(function)), default(Nothing), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<CancellationToken, Task<TResult>> function, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new AsyncCallTokenJob<TResult>(NotNull(function)), default(Nothing), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult Apply<T1, TResult>(Func<T1, Task<TResult>> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncFunctionJob<T1, TResult>(NotNull(function)), arg1, options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult> ApplyAsync<T1, TResult>(
        Func<T1, Task<TResult>> function, T1 arg1, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new AsyncFunctionJob<T1, TResult>(NotNull(function)), arg1, callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult Apply<T1, TResult>(
        Func<T1, CancellationToken, Task<TResult>> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncFunctionTokenJob<T1, TResult>(NotNull(function)), arg1, options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult> ApplyAsync<T1, TResult>(
        Func<T1, CancellationToken, Task<TResult>> function, T1 arg1, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new AsyncFunctionTokenJob<T1, TResult>(NotNull(function)), arg1, callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult Apply<T1, T2, TResult>(
        Func<T1, T2, Task<TResult>> function, T1 arg1, T2 arg2, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncStarJob<T1, T2, TResult>(NotNull(function)), (arg1, arg2), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(
        Func<T1, T2, Task<TResult>> function, T1 arg1, T2 arg2, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new AsyncStarJob<T1, T2, TResult>(NotNull(function)), (arg1, arg2), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult Apply<T1, T2, T3, TResult>(
        Func<T1, T2, T3, Task<TResult>> function, T1 arg1, T2 arg2, T3 arg3, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncStarJob<T1, T2, T3, TResult>(NotNull(function)), (arg1, arg2, arg3), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult> ApplyAsync<T1, T2, T3, TResult>(
        Func<T1, T2, T3, Task<TResult>> function, T1 arg1, T2 arg2, T3 arg3, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new AsyncStarJob<T1, T2, T3, TResult>(NotNull(function)), (arg1, arg2, arg3), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public TResult Apply<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, Task<TResult>> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyNow(new AsyncStarJob<T1, T2, T3, T4, TResult>(NotNull(function)), (arg1, arg2, arg3, arg4), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(2)]
    public AsyncResult<TResult> ApplyAsync<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, Task<TResult>> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, Action<TResult>? callback = null,
        Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new AsyncStarJob<T1, T2, T3, T4, TResult>(NotNull(function)), (arg1, arg2, arg3, arg4), callback, errorCallback, options, cancellation);
}
