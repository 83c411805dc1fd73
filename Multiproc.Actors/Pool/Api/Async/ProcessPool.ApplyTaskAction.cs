using System.Runtime.CompilerServices;
using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Apply of asynchronous functions without a result.</content>
public sealed partial class ProcessPool
{
    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public void Apply(Func<Task> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncActionJob(NotNull(function)), default(Nothing), options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public AsyncResult<object?> ApplyAsync(
        Func<Task> function, Action? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new AsyncActionJob(NotNull(function)), default(Nothing), Ended(callback), errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public void Apply(Func<CancellationToken, Task> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncActionTokenJob(NotNull(function)), default(Nothing), options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public AsyncResult<object?> ApplyAsync(
        Func<CancellationToken, Task> function, Action? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new AsyncActionTokenJob(NotNull(function)), default(Nothing), Ended(callback), errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public void Apply<T1>(Func<T1, Task> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncActionJob<T1>(NotNull(function)), arg1, options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public AsyncResult<object?> ApplyAsync<T1>(
        Func<T1, Task> function, T1 arg1, Action? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new AsyncActionJob<T1>(NotNull(function)), arg1, Ended(callback), errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public void Apply<T1>(Func<T1, CancellationToken, Task> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncActionTokenJob<T1>(NotNull(function)), arg1, options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public AsyncResult<object?> ApplyAsync<T1>(
        Func<T1, CancellationToken, Task> function, T1 arg1, Action? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new AsyncActionTokenJob<T1>(NotNull(function)), arg1, Ended(callback), errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public void Apply<T1, T2>(Func<T1, T2, Task> function, T1 arg1, T2 arg2, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncActionJob<T1, T2>(NotNull(function)), (arg1, arg2), options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public AsyncResult<object?> ApplyAsync<T1, T2>(
        Func<T1, T2, Task> function, T1 arg1, T2 arg2, Action? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new AsyncActionJob<T1, T2>(NotNull(function)), (arg1, arg2), Ended(callback), errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public void Apply<T1, T2, T3>(
        Func<T1, T2, T3, Task> function, T1 arg1, T2 arg2, T3 arg3, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncActionJob<T1, T2, T3>(NotNull(function)), (arg1, arg2, arg3), options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public AsyncResult<object?> ApplyAsync<T1, T2, T3>(
        Func<T1, T2, T3, Task> function, T1 arg1, T2 arg2, T3 arg3, Action? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new AsyncActionJob<T1, T2, T3>(NotNull(function)), (arg1, arg2, arg3), Ended(callback), errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public void Apply<T1, T2, T3, T4>(
        Func<T1, T2, T3, T4, Task> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new AsyncActionJob<T1, T2, T3, T4>(NotNull(function)), (arg1, arg2, arg3, arg4), options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    /// <remarks>The worker waits for the task that the function gives; see <see cref="PoolOptions.ConcurrentTasksPerWorker"/>.</remarks>
    [OverloadResolutionPriority(1)]
    public AsyncResult<object?> ApplyAsync<T1, T2, T3, T4>(
        Func<T1, T2, T3, T4, Task> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, Action? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new AsyncActionJob<T1, T2, T3, T4>(NotNull(function)), (arg1, arg2, arg3, arg4), Ended(callback), errorCallback, options, cancellation);

    private static Action<object?>? Ended(Action? callback) => AsyncVoid.RefusedIfAny(callback) is null ? null : _ => callback!();
}
