using Multiproc.Pool.Managed;

namespace Multiproc;

/// <content>The calls of a pool in a manager. Lambdas here are sent to the manager with what they capture, so they are in static methods or capture no
/// proxy.</content>
public sealed partial class PoolProxy
{
    /// <summary>Runs a function in a worker of the manager's pool, waits, and returns its result.</summary>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in a worker; values that a lambda captures are sent along.</param>
    /// <param name="options">Settings of the task; null (the default) for those of the pool.</param>
    /// <param name="cancellation">Cancels the call: a task that has not begun is dropped, a running one is ended.</param>
    /// <returns>The result of the function. An exception of the function is rethrown here with its own type.</returns>
    /// <exception cref="WorkerDiedException">The worker died while it ran the task.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="RemoteException">The manager cannot deserialize the call.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TResult Apply<TResult>(Func<TResult> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, options), cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, TResult>(Func<T1, TResult> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, arg1, options), cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, T2, TResult>(
        Func<T1, T2, TResult> function, T1 arg1, T2 arg2, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, arg1, arg2, options), cancellation);

    /// <summary>Runs a function in a worker of the manager's pool and returns at once with its pending result.</summary>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in a worker; values that a lambda captures are sent along.</param>
    /// <param name="callback">Called with the result, before waiters get it, on the single callback thread of this proxy.</param>
    /// <param name="errorCallback">Called with the exception if the call fails, on the same thread.</param>
    /// <param name="options">Settings of the task; null (the default) for those of the pool.</param>
    /// <param name="cancellation">Cancels the call: a task that has not begun is dropped, a running one is ended.</param>
    /// <returns>The pending result, which can be awaited or waited for.</returns>
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<TResult> function, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        Later(Call(function, options), cancellation, callback, errorCallback);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, TResult>(
        Func<T1, TResult> function, T1 arg1, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        Later(Call(function, arg1, options), cancellation, callback, errorCallback);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(
        Func<T1, T2, TResult> function, T1 arg1, T2 arg2, Action<TResult>? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, arg1, arg2, options), cancellation, callback, errorCallback);

    /// <summary>Runs a function over all inputs in the manager's pool, waits, and returns the results in the order of the inputs.</summary>
    /// <typeparam name="TInput">The type of the function's input; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in the workers; values that a lambda captures are sent along.</param>
    /// <param name="inputs">The inputs; read to the end in this process, and sent to the manager in one message.</param>
    /// <param name="chunkSize">
    /// The number of tasks in a chunk, which is sent to a worker in one message; by default four chunks for each worker, smaller ones if the tasks are long.
    /// </param>
    /// <param name="progress">Receives the progress of the job from time to time.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">Cancels the call: tasks that have not begun are dropped, running ones are ended.</param>
    /// <returns>The results, in the order of the inputs.</returns>
    /// <exception cref="WorkerDiedException">A worker died while it ran a task; thrown when all other tasks are done.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TResult[] Map<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, inputs.ToArray(), chunkSize, options), cancellation, progress);

    /// <summary>Runs a function over all inputs in the manager's pool and returns at once with the pending results, in the order of the inputs.</summary>
    /// <typeparam name="TInput">The type of the function's input; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in the workers; values that a lambda captures are sent along.</param>
    /// <param name="inputs">The inputs; read to the end before this returns.</param>
    /// <param name="chunkSize">
    /// The number of tasks in a chunk, which is sent to a worker in one message; by default four chunks for each worker, smaller ones if the tasks are long.
    /// </param>
    /// <param name="progress">Receives the progress of the job from time to time.</param>
    /// <param name="callback">Called with the results, before waiters get them, on the single callback thread of this proxy.</param>
    /// <param name="errorCallback">Called with the exception if the call fails, on the same thread.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">Cancels the call: tasks that have not begun are dropped, running ones are ended.</param>
    /// <returns>The pending result, which can be awaited or waited for.</returns>
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, inputs.ToArray(), chunkSize, options), cancellation, callback, errorCallback, progress);

    /// <summary>Runs a function of two arguments over all pairs in the manager's pool, waits, and returns the results in the order of the inputs.</summary>
    /// <inheritdoc cref="Map{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    public TResult[] StarMap<T1, T2, TResult>(
        Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, inputs.ToArray(), chunkSize, options), cancellation, progress);

    /// <summary>Runs a function of two arguments over all pairs in the manager's pool and returns at once with the pending results.</summary>
    /// <inheritdoc cref="MapAsync{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, Action{TResult[]},
    /// Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, TResult>(
        Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, inputs.ToArray(), chunkSize, options), cancellation, callback, errorCallback, progress);

    private static CallOfPool<TResult> Call<TResult>(Func<TResult> function, TaskOptions? options) =>
        (pool, _, cancellation) => pool.ApplyAsync(function, options: options, cancellation: cancellation);

    private static CallOfPool<TResult> Call<T1, TResult>(Func<T1, TResult> function, T1 arg1, TaskOptions? options) =>
        (pool, _, cancellation) => pool.ApplyAsync(function, arg1, options: options, cancellation: cancellation);

    private static CallOfPool<TResult> Call<T1, T2, TResult>(Func<T1, T2, TResult> function, T1 arg1, T2 arg2, TaskOptions? options) =>
        (pool, _, cancellation) => pool.ApplyAsync(function, arg1, arg2, options: options, cancellation: cancellation);

    private static CallOfPool<TResult[]> Call<TInput, TResult>(Func<TInput, TResult> function, TInput[] inputs, int? chunkSize, TaskOptions? options) =>
        (pool, progress, cancellation) => pool.MapAsync(function, inputs, chunkSize, progress, options: options, cancellation: cancellation);

    private static CallOfPool<TResult[]> Call<T1, T2, TResult>(Func<T1, T2, TResult> function, (T1, T2)[] inputs, int? chunkSize, TaskOptions? options) =>
        (pool, progress, cancellation) => pool.StarMapAsync(function, inputs, chunkSize, progress, options: options, cancellation: cancellation);
}
