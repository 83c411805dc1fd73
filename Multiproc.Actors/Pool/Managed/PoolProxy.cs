using Multiproc.Pool;
using Multiproc.Pool.Managed;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Runs tasks in a pool that lives in a manager: calls are sent to the manager, whose workers run the tasks. Created by
/// <see cref="SyncManager.Pool"/>. It can be sent to other processes, which then use the same pool.
/// </summary>
/// <example>
/// <code>
/// using var manager = Mp.Manager();
/// var pool = manager.Pool(4);
/// int[] squares = pool.Map(static x => x * x, Enumerable.Range(0, 100));
/// </code>
/// </example>
public sealed partial class PoolProxy : BaseProxy, ISelfCoded<PoolProxy>
{
    private readonly Proxy _proxy;
    private readonly PoolCallbacks _callbacks = new("a pool of a manager");

    internal PoolProxy(Proxy proxy)
        : base(proxy.Handle) => _proxy = proxy;

    /// <summary>Gets the process ids of the current workers.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public IReadOnlyList<int> WorkerPids => (IReadOnlyList<int>)Ask(nameof(IManagedPool.WorkerPids))!;

    private protected override string Kind => "PoolProxy";

    /// <summary>Gets how the workers spent their time, the slowest tasks, and advice on what to improve.</summary>
    /// <returns>A snapshot.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public PoolInsights Insights() => (PoolInsights)Ask(nameof(IManagedPool.Insights))!;

    /// <summary>Changes the number of workers.</summary>
    /// <param name="processes">The number of workers, from 1 to 4096.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not from 1 to 4096.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Resize(int processes) => Ask(nameof(IManagedPool.Resize), processes);

    /// <summary>Refuses new calls, of all processes, from now on; workers leave when all submitted tasks are done. May be called again.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Close() => Ask(nameof(IManagedPool.Close));

    /// <summary>Ends the workers immediately, whatever they are doing for any process; pending calls fail. May be called again.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Terminate() => Ask(nameof(IManagedPool.Terminate));

    /// <summary>Waits until all workers have left; call <see cref="Close"/> or <see cref="Terminate"/> first.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the pool goes on.</param>
    /// <returns>True if all workers have left, false if the timeout passed.</returns>
    /// <exception cref="InvalidOperationException">The pool is still running.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        _proxy.Remote.CallWithin(nameof(IManagedPool.Join), timeout, cancellation);

    /// <summary>Waits asynchronously until all workers have left; call <see cref="Close"/> or <see cref="Terminate"/> first.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the pool goes on.</param>
    /// <returns>True if all workers have left, false if the timeout passed.</returns>
    /// <exception cref="InvalidOperationException">The pool is still running.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        _proxy.Remote.CallWithinAsync(nameof(IManagedPool.Join), timeout, cancellation);

    static PoolProxy ISelfCoded<PoolProxy>.ReadFrom(ref WireReader reader) => new(Read<Proxy>(ref reader));

    private protected override void WriteTo(WireWriter writer) => ((ISelfCoded)_proxy).WriteTo(writer);

    private protected override string Describe() => _proxy.ToString();

    private static TProxy Read<TProxy>(ref WireReader reader)
        where TProxy : ISelfCoded<TProxy> =>
        TProxy.ReadFrom(ref reader);

    private object? Ask(string method, params object?[] arguments) => _proxy.Remote.Call(method, arguments);

    private TResult Now<TResult>(CallOfPool<TResult> call, CancellationToken cancellation, IProgress<PoolProgress>? progress = null)
    {
        cancellation.ThrowIfCancellationRequested();
        return Later(call, cancellation, null, null, progress).Get();
    }

    private AsyncResult<TResult> Later<TResult>(
        CallOfPool<TResult> call, CancellationToken cancellation, Action<TResult>? callback, Action<Exception>? errorCallback,
        IProgress<PoolProgress>? progress = null)
    {
        var sink = new ResultSink<TResult>(_callbacks, callback, errorCallback);
        _ = FinishAsync(sink, new PooledCall<TResult>(call), progress, cancellation);
        return sink.Result;
    }

    private async Task FinishAsync<TResult>(ResultSink<TResult> sink, PooledCall call, IProgress<PoolProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            sink.Succeed((TResult)(await Run(call, progress, cancellation).ConfigureAwait(false))!);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            sink.Result.SetCancelled(cancellation);
        }
        catch (Exception failure)
        {
            sink.Fail(failure);
        }
    }

    private ValueTask<object?> Run(PooledCall call, IProgress<PoolProgress>? progress, CancellationToken cancellation) =>
        _proxy.Remote.CallAsync(nameof(IManagedPool.Run), [call, progress], cancellation);
}
