using System.Runtime.CompilerServices;
using Multiproc.Hosting.Workers;

namespace Multiproc;

/// <summary>
/// Runs tasks that use a service of their worker. Each task gets a scope of its own, which ends with it. Made by <c>pool.WithService&lt;TService&gt;()</c>, for
/// a pool that was added with an <see cref="IWorkerStartup"/>.
/// </summary>
/// <typeparam name="TService">The service; registered in the workers, not in the host.</typeparam>
/// <example>
/// <code>
/// int[] sizes = await pool.WithService&lt;Thumbnailer&gt;().MapAsync(static (thumbnailer, path) =&gt; thumbnailer.Make(path), paths);
/// </code>
/// </example>
public sealed class ServicePool<TService>
    where TService : notnull
{
    private readonly ProcessPool _pool;

    internal ServicePool(ProcessPool pool) => _pool = pool;

    /// <summary>Runs a function once, in a worker, and returns at once with the pending result.</summary>
    /// <typeparam name="TResult">The type of the result; anything that can be sent.</typeparam>
    /// <param name="function">Gets the service and a token that fires when the call is cancelled or its time is over. Values that it captures are sent.</param>
    /// <param name="options">Settings of the task; null (the default) for those of the pool.</param>
    /// <param name="cancellation">Cancels the call; see <see cref="PoolOptions.StopGrace"/>.</param>
    /// <returns>The pending result. An exception of the function is rethrown where it is awaited; a missing service is an
    /// <see cref="InvalidOperationException"/>.</returns>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="ProcessStartException">The pool is broken.</exception>
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<TService, CancellationToken, TResult> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        _pool.ApplyAsync(new ServiceCall<TService, TResult>(NotNull(function)).Run, options: options, cancellation: cancellation);

    /// <summary>Runs an asynchronous function once, in a worker, and returns at once with the pending result. The worker does nothing else meanwhile.</summary>
    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TService, CancellationToken, TResult}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public AsyncResult<TResult> ApplyAsync<TResult>(
        Func<TService, CancellationToken, Task<TResult>> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        _pool.ApplyAsync(new AwaitedServiceCall<TService, TResult>(NotNull(function)).Run, options: options, cancellation: cancellation);

    /// <summary>Runs a function over all inputs and returns at once with the pending results, in the order of the inputs.</summary>
    /// <typeparam name="TInput">The type of the inputs; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the results; anything that can be sent.</typeparam>
    /// <param name="function">Gets the service and an input. Values that it captures are sent.</param>
    /// <param name="inputs">The inputs; read to the end before this returns.</param>
    /// <param name="chunkSize">The number of tasks in a message to a worker; by default four chunks for each worker. Each task has its own scope.</param>
    /// <param name="progress">Receives the progress of the call from time to time, on a thread pool thread.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">Cancels the call; see <see cref="PoolOptions.StopGrace"/>.</param>
    /// <returns>The pending results. An exception of the function is rethrown where they are awaited.</returns>
    /// <exception cref="ArgumentNullException">The function or the inputs are null.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="ProcessStartException">The pool is broken.</exception>
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TService, TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        _pool.MapAsync(
            new ServiceMap<TService, TInput, TResult>(NotNull(function)).Run, inputs, chunkSize, progress, options: options, cancellation: cancellation);

    /// <summary>
    /// Runs an asynchronous function over all inputs and returns at once with the pending results, in the order of the inputs. A worker runs one task at a
    /// time.
    /// </summary>
    /// <typeparam name="TInput">The type of the inputs; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the results; anything that can be sent.</typeparam>
    /// <param name="function">Gets the service, an input, and a token that fires when the call is cancelled or the task's time is over.</param>
    /// <param name="inputs">The inputs; read to the end before this returns.</param>
    /// <param name="chunkSize">The number of tasks in a message to a worker; by default four chunks for each worker. Each task has its own scope.</param>
    /// <param name="progress">Receives the progress of the call from time to time, on a thread pool thread.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">Cancels the call; see <see cref="PoolOptions.StopGrace"/>.</param>
    /// <returns>The pending results. An exception of the function is rethrown where they are awaited.</returns>
    /// <exception cref="ArgumentNullException">The function or the inputs are null.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="ProcessStartException">The pool is broken.</exception>
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TService, TInput, CancellationToken, Task<TResult>> function, IEnumerable<TInput> inputs, int? chunkSize = null,
        IProgress<PoolProgress>? progress = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        _pool.MapAsync(
            new AwaitedServiceMap<TService, TInput, TResult>(NotNull(function)).Run, inputs, chunkSize, progress, options: options,
            cancellation: cancellation);

    /// <summary>Runs a function over inputs and yields the results in their order, while the inputs are still being read.</summary>
    /// <typeparam name="TInput">The type of the inputs; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the results; anything that can be sent.</typeparam>
    /// <param name="function">Gets the service and an input. Values that it captures are sent.</param>
    /// <param name="inputs">The inputs, read while results are taken, so they may be endless.</param>
    /// <param name="chunkSize">The number of tasks in a message to a worker; default 1.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">Cancels the call; see <see cref="PoolOptions.StopGrace"/>.</param>
    /// <returns>The results. The exception of a task is thrown by the step that reaches it; enumeration can continue after it.</returns>
    /// <exception cref="ArgumentNullException">The function or the inputs are null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The chunk size is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TService, TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        _pool.Imap(new ServiceMap<TService, TInput, TResult>(NotNull(function)).Run, inputs, chunkSize, options: options, cancellation: cancellation);

    /// <summary>Runs a function over inputs and yields the results as they arrive, in any order, while the inputs are still being read.</summary>
    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TService, TInput, TResult}, IEnumerable{TInput}, int, TaskOptions, CancellationToken)"/>
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TService, TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        _pool.ImapUnordered(
            new ServiceMap<TService, TInput, TResult>(NotNull(function)).Run, inputs, chunkSize, options: options, cancellation: cancellation);

    private static T NotNull<T>(T function)
        where T : Delegate => function ?? throw new ArgumentNullException(nameof(function));
}

/// <summary>Adds <see cref="ServicePool{TService}"/> to pools.</summary>
public static class ServicePools
{
    /// <summary>Gets a view of a pool whose tasks use a service of their worker, each in a scope of its own.</summary>
    /// <typeparam name="TService">The service; registered by the <see cref="IWorkerStartup"/> of the pool.</typeparam>
    /// <param name="pool">The pool, added to the host by <c>AddPool&lt;TStartup&gt;(name)</c>.</param>
    /// <returns>The view, which has no state: make it where it is used.</returns>
    /// <exception cref="ArgumentNullException">The pool is null.</exception>
    public static ServicePool<TService> WithService<TService>(this ProcessPool pool)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(pool);
        return new ServicePool<TService>(pool);
    }
}
