using Multiproc.Managers;
using Multiproc.Objects;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A pool whose workers belong to a manager: every process that has this proxy can give it work. The pool ends with its last proxy, with
/// <see cref="Terminate"/>, or with the manager. For the meaning of the calls see <see cref="ProcessPool"/>.
/// </summary>
/// <remarks>A call's function, inputs and results travel through the manager: a pool of one's own (<see cref="Mp.Pool"/>) is faster.</remarks>
public sealed class PoolProxy : BaseProxy, ISelfCoded<PoolProxy>
{
    private readonly RemoteObject _remote;

    internal PoolProxy(ObjectHandle handle)
        : base(handle) => _remote = new RemoteObject(handle, $"Pool ({handle})");

    private protected override string Kind => nameof(PoolProxy);

    /// <summary>Runs a function in a worker and waits for what it gives.</summary>
    /// <typeparam name="TResult">What the function gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in a worker of the manager; a lambda's captured values are sent along.</param>
    /// <param name="options">What holds for the task.</param>
    /// <param name="cancellation">Gives up: the task is dropped or ended.</param>
    /// <returns>What the function gave. What it threw is thrown here as itself.</returns>
    /// <exception cref="WorkerDiedException">The worker ended while it ran the task.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TResult Apply<TResult>(Func<TResult> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        (TResult)_remote.Call(nameof(PoolHost.Run), [new ApplyWork<TResult>(NotNull(function), options)], cancellation)!;

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, TResult>(Func<T1, TResult> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default)
    {
        NotNull(function);
        return Apply(() => function(arg1), options, cancellation);
    }

    /// <inheritdoc cref="Apply{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public TResult Apply<T1, T2, TResult>(Func<T1, T2, TResult> function, T1 arg1, T2 arg2, TaskOptions? options = null, CancellationToken cancellation = default)
    {
        NotNull(function);
        return Apply(() => function(arg1, arg2), options, cancellation);
    }

    /// <summary>The same as Apply, without a blocked thread.</summary>
    /// <typeparam name="TResult">What the function gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in a worker of the manager; a lambda's captured values are sent along.</param>
    /// <param name="options">What holds for the task.</param>
    /// <param name="cancellation">Gives up: the task is dropped or ended.</param>
    /// <returns>What can be awaited or waited for.</returns>
    public AsyncResult<TResult> ApplyAsync<TResult>(Func<TResult> function, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later<TResult>(new ApplyWork<TResult>(NotNull(function), options), cancellation);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, TResult>(Func<T1, TResult> function, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default)
    {
        NotNull(function);
        return ApplyAsync(() => function(arg1), options, cancellation);
    }

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, TaskOptions, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(Func<T1, T2, TResult> function, T1 arg1, T2 arg2, TaskOptions? options = null, CancellationToken cancellation = default)
    {
        NotNull(function);
        return ApplyAsync(() => function(arg1, arg2), options, cancellation);
    }

    /// <summary>Runs a function over all inputs and gives the results in the order of the inputs.</summary>
    /// <typeparam name="TInput">What the function takes; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">What it gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in the workers.</param>
    /// <param name="inputs">Read to the end before the first task begins.</param>
    /// <param name="chunkSize">How many tasks go in one piece; by default four pieces for each worker.</param>
    /// <param name="options">What holds for its tasks.</param>
    /// <param name="cancellation">Gives up: tasks that have not begun are dropped, running ones are ended.</param>
    /// <returns>The results. What the function threw is thrown here as itself.</returns>
    /// <exception cref="WorkerDiedException">A worker ended while it ran a task.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public TResult[] Map<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        (TResult[])_remote.Call(nameof(PoolHost.Run), [new MapWork<TInput, TResult>(NotNull(function), [.. inputs], chunkSize, options)], cancellation)!;

    /// <summary>The same as Map, without a blocked thread.</summary>
    /// <inheritdoc cref="Map{TInput, TResult}"/>
    public AsyncResult<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later<TResult[]>(new MapWork<TInput, TResult>(NotNull(function), [.. inputs], chunkSize, options), cancellation);

    /// <summary>Runs a function of two arguments over all pairs and gives the results in the order of the inputs.</summary>
    /// <typeparam name="T1">The first argument.</typeparam>
    /// <typeparam name="T2">The second argument.</typeparam>
    /// <typeparam name="TResult">What the function gives.</typeparam>
    /// <param name="function">Runs in the workers.</param>
    /// <param name="inputs">The arguments of each task; read to the end before the first task begins.</param>
    /// <param name="chunkSize">How many tasks go in one piece; by default four pieces for each worker.</param>
    /// <param name="options">What holds for its tasks.</param>
    /// <param name="cancellation">Gives up, as with Map.</param>
    /// <returns>The results. Throws what Map throws.</returns>
    public TResult[] StarMap<T1, T2, TResult>(
        Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        (TResult[])_remote.Call(nameof(PoolHost.Run), [new StarMapWork<T1, T2, TResult>(NotNull(function), [.. inputs], chunkSize, options)], cancellation)!;

    /// <summary>The same as StarMap, without a blocked thread.</summary>
    /// <inheritdoc cref="StarMap{T1, T2, TResult}"/>
    public AsyncResult<TResult[]> StarMapAsync<T1, T2, TResult>(
        Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> inputs, int? chunkSize = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        Later<TResult[]>(new StarMapWork<T1, T2, TResult>(NotNull(function), [.. inputs], chunkSize, options), cancellation);

    /// <summary>Runs a function over inputs and gives results in the order of the inputs, as they come.</summary>
    /// <typeparam name="TInput">What the function takes; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">What it gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in the workers.</param>
    /// <param name="inputs">Read to the end before the first task begins: they go to the manager together.</param>
    /// <param name="chunkSize">How many tasks go in one piece; default 1.</param>
    /// <param name="options">What holds for its tasks.</param>
    /// <returns>The results; a task's exception is thrown by the step that reaches it, and enumeration can go on.</returns>
    /// <exception cref="InvalidOperationException">The pool is closed; thrown by the first step.</exception>
    public PoolResults<TResult> Imap<TInput, TResult>(Func<TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, TaskOptions? options = null) =>
        Stream(new PoolFeed<TInput, TResult>(NotNull(function), [.. inputs], chunkSize, inOrder: true, options));

    /// <summary>The same as Imap, in any order.</summary>
    /// <inheritdoc cref="Imap{TInput, TResult}"/>
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(Func<TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, TaskOptions? options = null) =>
        Stream(new PoolFeed<TInput, TResult>(NotNull(function), [.. inputs], chunkSize, inOrder: false, options));

    /// <summary>Takes no more jobs, from anybody; workers leave when all is done. May be called again.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Close() => _remote.Call(nameof(PoolHost.Close), []);

    /// <summary>Ends the workers at once, whatever they do; calls that wait fail. May be called again.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Terminate() => _remote.Call(nameof(PoolHost.Terminate), []);

    /// <summary>Waits until all workers have left; call <see cref="Close"/> or <see cref="Terminate"/> before.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero or less not at all.</param>
    /// <returns>False when some had not left in time.</returns>
    /// <exception cref="InvalidOperationException">The pool is still running.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Join(TimeSpan? timeout = null) => (bool)_remote.Call(nameof(PoolHost.Join), [timeout])!;

    static PoolProxy ISelfCoded<PoolProxy>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));

    private protected override string Describe() => (string)_remote.Call(ObjectRunner.TextMethod, [])!;

    private static T NotNull<T>(T function)
        where T : Delegate
    {
        ArgumentNullException.ThrowIfNull(function);
        return function;
    }

    private AsyncResult<T> Later<T>(PoolWork work, CancellationToken cancellation)
    {
        var result = new AsyncResult<T>();
        _ = Finish(_remote.CallAsync(nameof(PoolHost.Run), [work], cancellation), result, cancellation);
        return result;
    }

    private static async Task Finish<T>(ValueTask<object?> call, AsyncResult<T> result, CancellationToken cancellation)
    {
        try
        {
            result.SetValue((T)(await call.ConfigureAwait(false))!);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            result.SetCancelled(cancellation);
        }
        catch (Exception failure)
        {
            result.SetFailure(failure);
        }
    }

    private PoolResults<TResult> Stream<TInput, TResult>(PoolFeed<TInput, TResult> feed) => new(new RemoteResults<TResult>(async () =>
    {
        var stream = (StreamNumber)(await _remote.CallAsync(nameof(PoolHost.Stream), [feed], default).ConfigureAwait(false))!;
        return new RemoteStream<PoolOutcome>(_remote, stream.Number).GetAsyncEnumerator(CancellationToken.None);
    }));
}
