using System.Runtime.CompilerServices;

namespace Multiproc.Managers;

/// <summary>A pool inside a manager's process: its clients send the work of one call each. It ends with its last proxy.</summary>
internal sealed class PoolHost(int? processes, PoolOptions? options, Action? initializer, Action? finalizer, int? maxTasksPerChild) : IDisposable
{
    public const string TypeId = "Pool";

    /// <summary>Known to every manager without being registered. A call waits for its tasks, so several must run at the same time.</summary>
    public static readonly Registration Registration = new(
        TypeId, null, typeof(PoolHost), null, [nameof(Run), nameof(Stream), nameof(Close), nameof(Terminate), nameof(Join)], null, CreateMethod: true, Concurrent: true);

    private readonly ProcessPool _pool = Mp.Pool(processes, options, initializer, finalizer, maxTasksPerChild);

    public Task<object?> Run(PoolWork work, CancellationToken cancellation) => work.Run(_pool, cancellation);

    /// <summary>A task that fails does not end the stream.</summary>
    public async IAsyncEnumerable<PoolOutcome> Stream(PoolFeed feed, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var results = feed.Start(_pool);
        while (await Task.Run(() => results.Next(cancellation), cancellation).ConfigureAwait(false) is { } outcome)
        {
            yield return outcome;
        }
    }

    public void Close() => _pool.Close();

    public void Terminate() => _pool.Terminate();

    public bool Join(TimeSpan? timeout) => _pool.Join(timeout);

    public void Dispose() => _pool.Dispose();

    public override string ToString() => _pool.ToString();
}
