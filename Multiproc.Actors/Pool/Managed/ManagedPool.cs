using Multiproc.Processes;

namespace Multiproc.Pool.Managed;

/// <summary>The methods that a <see cref="PoolProxy"/> may call in the server.</summary>
internal interface IManagedPool
{
    Task<object?> Run(PooledCall call, IProgress<PoolProgress>? progress, CancellationToken cancellation);

    IReadOnlyList<int> WorkerPids();

    PoolInsights Insights();

    void Resize(int processes);

    void Close();

    void Terminate();

    Task<bool> Join(TimeSpan? timeout, CancellationToken cancellation);
}

/// <summary>A pool in the process of a manager; terminated when no process has a proxy of it any more.</summary>
internal sealed class ManagedPool(
    int? processes, PoolOptions? options, Action? initializer, Action? finalizer, int? maxTasksPerChild) : IManagedPool, IDisposable
{
    public const string TypeId = "ProcessPool";

    private readonly ProcessPool _pool = new(new PoolPlan(
        StartMethodChoice.Program.Use(), processes ?? Environment.ProcessorCount, options ?? Settings.Current.Pool, initializer, finalizer, maxTasksPerChild));

    public Task<object?> Run(PooledCall call, IProgress<PoolProgress>? progress, CancellationToken cancellation) => call.Run(_pool, progress, cancellation);

    public IReadOnlyList<int> WorkerPids() => _pool.WorkerPids;

    public PoolInsights Insights() => _pool.Insights();

    public void Resize(int processes) => _pool.Resize(processes);

    public void Close() => _pool.Close();

    public void Terminate() => _pool.Terminate();

    public Task<bool> Join(TimeSpan? timeout, CancellationToken cancellation) => _pool.JoinAsync(timeout, cancellation).AsTask();

    public void Dispose() => _pool.Dispose();

    public override string ToString() => _pool.ToString();
}
