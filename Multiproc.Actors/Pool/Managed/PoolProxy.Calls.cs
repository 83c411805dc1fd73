using Multiproc.Pool.Managed;

namespace Multiproc;

/// <content>The calls of a pool. Lambdas here go to the manager with what they capture, so they are in static methods or capture no proxy.</content>
public sealed partial class PoolProxy
{
    /// <summary>The same as <see cref="ProcessPool.Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>.</summary>
    /// <typeparam name="TResult">What the function gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in a worker; a lambda's captured values are sent along.</param>
    /// <param name="options">What holds for the task.</param>
    /// <param name="cancellation">Gives up: the task is dropped or ended.</param>
    /// <returns>What the function gave. What it threw is thrown here as itself.</returns>
    /// <exception cref="WorkerDiedException">The worker ended while it ran the task.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="RemoteException">The call cannot be read in the manager.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TResult Apply<TResult>(Func<TResult> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, options), cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, TResult>(Func<T1, TResult> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, arg1, options), cancellation);

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, T2, TResult>(Func<T1, T2, TResult> function, T1 arg1, T2 arg2, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, arg1, arg2, options), cancellation);

    /// <summary>The same as Apply, without a blocked thread.</summary>
    /// <typeparam name="TResult">What the function gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in a worker; a lambda's captured values are sent along.</param>
    /// <param name="callback">Called with what the function gave, before it can be had, on the one thread of this proxy's callbacks.</param>
    /// <param name="errorCallback">Called with the exception instead, on the same thread.</param>
    /// <param name="options">What holds for the task.</param>
    /// <param name="cancellation">Gives up: the task is dropped or ended.</param>
    /// <returns>What can be awaited or waited for.</returns>
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<TResult> function, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, options), cancellation, callback, errorCallback);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, TResult>(
        Func<T1, TResult> function, T1 arg1, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, arg1, options), cancellation, callback, errorCallback);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, Action{TResult}, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(
        Func<T1, T2, TResult> function, T1 arg1, T2 arg2, Action<TResult>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, arg1, arg2, options), cancellation, callback, errorCallback);

    /// <summary>The same as <see cref="ProcessPool.Map{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>.</summary>
    /// <typeparam name="TInput">What the function takes; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">What it gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in the workers; a lambda's captured values are sent along.</param>
    /// <param name="inputs">Read to the end here, and sent to the manager in one piece.</param>
    /// <param name="chunkSize">How many tasks go in one piece; by default four pieces for each worker, fewer tasks in each when they are long.</param>
    /// <param name="progress">Told from time to time how far the job is.</param>
    /// <param name="options">What holds for its tasks.</param>
    /// <param name="cancellation">Gives up: tasks that have not begun are dropped, running ones are ended.</param>
    /// <returns>The results, in the order of the inputs.</returns>
    /// <exception cref="WorkerDiedException">A worker ended while it ran a task; thrown when all other tasks are done.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TResult[] Map<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, inputs.ToArray(), chunkSize, options), cancellation, progress);

    /// <summary>The same as Map, without a blocked thread.</summary>
    /// <typeparam name="TInput">What the function takes; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">What it gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in the workers; a lambda's captured values are sent along.</param>
    /// <param name="inputs">Read to the end before this returns.</param>
    /// <param name="chunkSize">How many tasks go in one piece; by default four pieces for each worker, fewer tasks in each when they are long.</param>
    /// <param name="progress">Told from time to time how far the job is.</param>
    /// <param name="callback">Called with the results, before they can be had, on the one thread of this proxy's callbacks.</param>
    /// <param name="errorCallback">Called with the exception instead, on the same thread.</param>
    /// <param name="options">What holds for its tasks.</param>
    /// <param name="cancellation">Gives up: tasks that have not begun are dropped, running ones are ended.</param>
    /// <returns>What can be awaited or waited for.</returns>
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        Action<TResult[]>? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later(Call(function, inputs.ToArray(), chunkSize, options), cancellation, callback, errorCallback, progress);

    /// <summary>The same as Map for a function of two arguments.</summary>
    /// <inheritdoc cref="Map{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    public TResult[] StarMap<T1, T2, TResult>(
        Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        Now(Call(function, inputs.ToArray(), chunkSize, options), cancellation, progress);

    /// <summary>The same as MapAsync for a function of two arguments.</summary>
    /// <inheritdoc cref="MapAsync{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int?, IProgress{PoolProgress}, Action{TResult[]}, Action{Exception}, TaskOptions, CancellationToken)"/>
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
