using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Apply: one call in a worker.</content>
public sealed partial class ProcessPool
{
    /// <summary>Runs a function in a worker, waits, and returns its result.</summary>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in a worker; values that a lambda captures are sent along.</param>
    /// <param name="options">Settings of the task; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: a task that has not begun is dropped, a running one is ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The result of the function. An exception of the function is rethrown here with its own type.</returns>
    /// <exception cref="WorkerDiedException">The worker died while it ran the task.</exception>
    /// <exception cref="MultiprocTimeoutException">The task exceeded its time limit.</exception>
    /// <exception cref="SerializationException">The function, an argument or the result cannot be sent.</exception>
    /// <exception cref="ProcessStartException">The pool is broken: its workers die before they are ready.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public TResult Apply<TResult>(Func<TResult> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new CallJob<TResult>(NotNull(function)), default(Nothing), options, cancellation);

    /// <summary>Runs a function in a worker and returns at once with its pending result.</summary>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in a worker; values that a lambda captures are sent along.</param>
    /// <param name="callback">Called with the result, before waiters get it, on the single callback thread of the pool.</param>
    /// <param name="errorCallback">Called with the exception if the call fails, on the same thread.</param>
    /// <param name="options">Settings of the task; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: a task that has not begun is dropped, a running one is ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The pending result, which can be awaited or waited for.</returns>
    /// <exception cref="ProcessStartException">The pool is broken: its workers died before they were ready.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<TResult> function, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new CallJob<TResult>(NotNull(function)), default(Nothing), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<TResult>(Func<CancellationToken, TResult> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new CallTokenJob<TResult>(NotNull(function)), default(Nothing), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<CancellationToken, TResult> function, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new CallTokenJob<TResult>(NotNull(function)), default(Nothing), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, TResult>(Func<T1, TResult> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new FunctionJob<T1, TResult>(NotNull(function)), arg1, options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, TResult>(
        Func<T1, TResult> function, T1 arg1, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new FunctionJob<T1, TResult>(NotNull(function)), arg1, callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, TResult>(
        Func<T1, CancellationToken, TResult> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new FunctionTokenJob<T1, TResult>(NotNull(function)), arg1, options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, TResult>(
        Func<T1, CancellationToken, TResult> function, T1 arg1, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new FunctionTokenJob<T1, TResult>(NotNull(function)), arg1, callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, T2, TResult>(
        Func<T1, T2, TResult> function, T1 arg1, T2 arg2, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new StarJob<T1, T2, TResult>(NotNull(function)), (arg1, arg2), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(
        Func<T1, T2, TResult> function, T1 arg1, T2 arg2, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new StarJob<T1, T2, TResult>(NotNull(function)), (arg1, arg2), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> function, T1 arg1, T2 arg2, T3 arg3, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new StarJob<T1, T2, T3, TResult>(NotNull(function)), (arg1, arg2, arg3), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> function, T1 arg1, T2 arg2, T3 arg3, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new StarJob<T1, T2, T3, TResult>(NotNull(function)), (arg1, arg2, arg3), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new StarJob<T1, T2, T3, T4, TResult>(NotNull(function)), (arg1, arg2, arg3, arg4), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new StarJob<T1, T2, T3, T4, TResult>(NotNull(function)), (arg1, arg2, arg3, arg4), callback, errorCallback, options, cancellation);

    /// <summary>Runs an action in a worker and waits for its end. An exception of the action is rethrown here with its own type.</summary>
    /// <param name="action">The action, run in a worker; values that a lambda captures are sent along.</param>
    /// <param name="options">Settings of the task; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: a task that has not begun is dropped, a running one is ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    public void Apply(Action action, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new ActionJob(AsyncVoid.Refused(action)), default, options, cancellation);

    /// <summary>Runs an action in a worker and returns at once.</summary>
    /// <param name="action">The action, run in a worker; values that a lambda captures are sent along.</param>
    /// <param name="callback">Called after the action has ended, on the single callback thread of the pool; its argument is null.</param>
    /// <param name="errorCallback">Called with the exception if the action fails, on the same thread.</param>
    /// <param name="options">Settings of the task; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: a task that has not begun is dropped, a running one is ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The pending result, which can be awaited or waited for; its value is null.</returns>
    public AsyncResult<object?> ApplyAsync(
        Action action, Action? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new ActionJob(AsyncVoid.Refused(action)), default, Ended(callback), errorCallback, options, cancellation);

    private TResult ApplyNow<TInput, TResult>(JobWork<TInput, TResult> work, TInput input, TaskOptions? options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ApplyLater(work, input, null, null, options, cancellation).Get();
    }

    private AsyncResult<TResult> ApplyLater<TInput, TResult>(
        JobWork<TInput, TResult> work, TInput input, Action<TResult>? callback, Action<Exception>? errorCallback, TaskOptions? options,
        CancellationToken cancellation)
    {
        var sink = new ResultSink<TResult>(_pool.Callbacks, callback, errorCallback);
        if (IsOver(options, cancellation))
        {
            sink.Result.SetCancelled(cancellation);
            return sink.Result;
        }

        var job = new ApplyJob<TInput, TResult>(_pool.NextJob(), work, input, Settings("multiproc.pool.apply", work, null, options), sink);
        return Submit(job, 1, 1, sink.Result, cancellation);
    }
}
