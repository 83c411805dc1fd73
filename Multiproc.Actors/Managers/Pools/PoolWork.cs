namespace Multiproc.Managers;

/// <summary>One call of a pool on its way to the manager: typed where it is made, and carried out there.</summary>
internal abstract class PoolWork
{
    public abstract Task<object?> Run(ProcessPool pool, CancellationToken cancellation);
}

/// <summary>Apply.</summary>
internal sealed class ApplyWork<TResult>(Func<TResult> function, TaskOptions? options) : PoolWork
{
    public override async Task<object?> Run(ProcessPool pool, CancellationToken cancellation) =>
        await pool.ApplyAsync(function, options: options, cancellation: cancellation).ConfigureAwait(false);
}

/// <summary>Map.</summary>
internal sealed class MapWork<TInput, TResult>(Func<TInput, TResult> function, TInput[] inputs, int? chunkSize, TaskOptions? options) : PoolWork
{
    public override async Task<object?> Run(ProcessPool pool, CancellationToken cancellation) =>
        await pool.MapAsync(function, inputs, chunkSize, options: options, cancellation: cancellation).ConfigureAwait(false);
}

/// <summary>StarMap.</summary>
internal sealed class StarMapWork<T1, T2, TResult>(Func<T1, T2, TResult> function, (T1, T2)[] inputs, int? chunkSize, TaskOptions? options) : PoolWork
{
    public override async Task<object?> Run(ProcessPool pool, CancellationToken cancellation) =>
        await pool.StarMapAsync(function, inputs, chunkSize, options: options, cancellation: cancellation).ConfigureAwait(false);
}
