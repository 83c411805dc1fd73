using Multiproc.Managers;
using Multiproc.Pool;
using Multiproc.Pool.Managed;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A pool in a manager, as any process sees it: calls go to the manager, whose workers run the tasks, and the results come back. Made by
/// <see cref="SyncManager.Pool"/>; can be sent anywhere.
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

    /// <summary>The process ids of the workers at the moment.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public IReadOnlyList<int> WorkerPids => (IReadOnlyList<int>)Ask(nameof(IManagedPool.WorkerPids))!;

    private protected override string Kind => "PoolProxy";

    /// <summary>The same as <see cref="ProcessPool.Insights"/>.</summary>
    /// <returns>A snapshot.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public PoolInsights Insights() => (PoolInsights)Ask(nameof(IManagedPool.Insights))!;

    /// <summary>Sets how many workers there are from now on.</summary>
    /// <param name="processes">How many; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive number.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Resize(int processes) => Ask(nameof(IManagedPool.Resize), processes);

    /// <summary>Takes no more jobs, of nobody; workers leave when all is done. May be called again.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Close() => Ask(nameof(IManagedPool.Close));

    /// <summary>Ends the workers at once, whatever they do and for whom. May be called again.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Terminate() => Ask(nameof(IManagedPool.Terminate));

    /// <summary>Waits until all workers have left; call <see cref="Close"/> or <see cref="Terminate"/> before.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; the pool goes on.</param>
    /// <returns>False when some had not left in time.</returns>
    /// <exception cref="InvalidOperationException">The pool is still running.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        (bool)_proxy.Remote.Call(nameof(IManagedPool.Join), [timeout], cancellation)!;

    /// <summary>As <see cref="Join"/>, without holding a thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; the pool goes on.</param>
    /// <returns>False when some had not left in time.</returns>
    /// <exception cref="InvalidOperationException">The pool is still running.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public async ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        (bool)(await _proxy.Remote.CallAsync(nameof(IManagedPool.Join), [timeout], cancellation).ConfigureAwait(false))!;

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
        CallOfPool<TResult> call, CancellationToken cancellation, Action<TResult>? callback, Action<Exception>? errorCallback, IProgress<PoolProgress>? progress = null)
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
