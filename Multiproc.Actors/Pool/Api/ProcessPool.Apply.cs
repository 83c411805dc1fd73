using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>Apply: one call in a worker.</summary>
public sealed partial class ProcessPool
{
    /// <summary>Runs a function in a worker and waits for what it gives.</summary>
    /// <typeparam name="TResult">What the function gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in a worker; a lambda's captured values are sent along.</param>
    /// <param name="options">What holds for the task.</param>
    /// <param name="cancellation">Gives up: the task is dropped or ended; see <see cref="PoolOptions.StopGrace"/>.</param>
    /// <returns>What the function gave. What it threw is thrown here as itself.</returns>
    /// <exception cref="WorkerDiedException">The worker ended while it ran the task.</exception>
    /// <exception cref="MultiprocTimeoutException">The task ran longer than it may.</exception>
    /// <exception cref="SerializationException">The function, an argument or the result cannot be sent.</exception>
    /// <exception cref="ProcessStartException">Workers die before they can run anything.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public TResult Apply<TResult>(Func<TResult> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new CallJob<TResult>(NotNull(function)), default(Nothing), options, cancellation);

    /// <summary>The same as Apply, without a blocked thread.</summary>
    /// <typeparam name="TResult">What the function gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in a worker; a lambda's captured values are sent along.</param>
    /// <param name="callback">Called with what the function gave, before it can be had, on the one thread of the pool's callbacks.</param>
    /// <param name="errorCallback">Called with the exception instead, on the same thread.</param>
    /// <param name="options">What holds for the task.</param>
    /// <param name="cancellation">Gives up: the task is dropped or ended; see <see cref="PoolOptions.StopGrace"/>.</param>
    /// <returns>What can be awaited or waited for.</returns>
    /// <exception cref="ProcessStartException">Workers died before they could run anything.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<TResult> function, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new CallJob<TResult>(NotNull(function)), default(Nothing), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<TResult>(Func<CancellationToken, TResult> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new CallTokenJob<TResult>(NotNull(function)), default(Nothing), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<CancellationToken, TResult> function, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new CallTokenJob<TResult>(NotNull(function)), default(Nothing), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, TResult>(Func<T1, TResult> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new FunctionJob<T1, TResult>(NotNull(function)), arg1, options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, TResult>(
        Func<T1, TResult> function, T1 arg1, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new FunctionJob<T1, TResult>(NotNull(function)), arg1, callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, TResult>(Func<T1, CancellationToken, TResult> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new FunctionTokenJob<T1, TResult>(NotNull(function)), arg1, options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, TResult>(
        Func<T1, CancellationToken, TResult> function, T1 arg1, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new FunctionTokenJob<T1, TResult>(NotNull(function)), arg1, callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, T2, TResult>(Func<T1, T2, TResult> function, T1 arg1, T2 arg2, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new StarJob<T1, T2, TResult>(NotNull(function)), (arg1, arg2), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(
        Func<T1, T2, TResult> function, T1 arg1, T2 arg2, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new StarJob<T1, T2, TResult>(NotNull(function)), (arg1, arg2), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> function, T1 arg1, T2 arg2, T3 arg3, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new StarJob<T1, T2, T3, TResult>(NotNull(function)), (arg1, arg2, arg3), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> function, T1 arg1, T2 arg2, T3 arg3, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new StarJob<T1, T2, T3, TResult>(NotNull(function)), (arg1, arg2, arg3), callback, errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new StarJob<T1, T2, T3, T4, TResult>(NotNull(function)), (arg1, arg2, arg3, arg4), options, cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new StarJob<T1, T2, T3, T4, TResult>(NotNull(function)), (arg1, arg2, arg3, arg4), callback, errorCallback, options, cancellation);

    /// <summary>Runs an action in a worker and waits for its end.</summary>
    /// <param name="action">Runs in a worker; a lambda's captured values are sent along.</param>
    /// <param name="options">What holds for the task.</param>
    /// <param name="cancellation">Gives up: the task is dropped or ended; see <see cref="PoolOptions.StopGrace"/>.</param>
    public void Apply(Action action, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new ActionJob(AsyncVoid.Refused(action)), default, options, cancellation);

    /// <summary>The same as Apply, without a blocked thread.</summary>
    /// <param name="action">Runs in a worker; a lambda's captured values are sent along.</param>
    /// <param name="callback">Called after its end, on the one thread of the pool's callbacks.</param>
    /// <param name="errorCallback">Called with what it threw instead, on the same thread.</param>
    /// <param name="options">What holds for the task.</param>
    /// <param name="cancellation">Gives up: the task is dropped or ended; see <see cref="PoolOptions.StopGrace"/>.</param>
    /// <returns>What can be awaited or waited for; its value is null.</returns>
    public AsyncResult<object?> ApplyAsync(
        Action action, Action? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new ActionJob(AsyncVoid.Refused(action)), default, AsyncVoid.RefusedIfAny(callback) is null ? null : _ => callback!(), errorCallback, options, cancellation);

    private TResult ApplyNow<TInput, TResult>(JobWork<TInput, TResult> work, TInput input, TaskOptions? options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ApplyLater(work, input, null, null, options, cancellation).Get();
    }

    private AsyncResult<TResult> ApplyLater<TInput, TResult>(
        JobWork<TInput, TResult> work, TInput input, Action<TResult>? callback, Action<Exception>? errorCallback, TaskOptions? options, CancellationToken cancellation)
    {
        var sink = new ResultSink<TResult>(_supervisor.Callbacks, callback, errorCallback);
        if (IsOver(options, cancellation))
        {
            sink.Result.SetCancelled(cancellation);
            return sink.Result;
        }

        var job = new ApplyJob<TInput, TResult>(_supervisor.NextJob(), work, input, Settings("multiproc.pool.apply", null, options), sink);
        return Submit(job, 1, 1, sink.Result, cancellation);
    }
}
