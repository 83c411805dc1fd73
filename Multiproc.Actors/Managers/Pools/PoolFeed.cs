namespace Multiproc.Managers;

/// <summary>What one task of an Imap ended with.</summary>
internal sealed record PoolOutcome(object? Value, Exception? Failure);

/// <summary>An Imap on its way to the manager.</summary>
internal abstract class PoolFeed
{
    public abstract PoolOutcomes Start(ProcessPool pool);
}

internal sealed class PoolFeed<TInput, TResult>(Func<TInput, TResult> function, TInput[] inputs, int chunkSize, bool inOrder, TaskOptions? options) : PoolFeed
{
    public override PoolOutcomes Start(ProcessPool pool) => new PoolOutcomes<TResult>(
        inOrder ? pool.Imap(function, inputs, chunkSize, options: options) : pool.ImapUnordered(function, inputs, chunkSize, options: options));
}

/// <summary>The results of an Imap in the manager's process.</summary>
internal abstract class PoolOutcomes : IDisposable
{
    /// <summary>Waits for one; null at the end.</summary>
    public abstract PoolOutcome? Next(CancellationToken cancellation);

    public abstract void Dispose();
}

internal sealed class PoolOutcomes<TResult>(PoolResults<TResult> results) : PoolOutcomes
{
    public override PoolOutcome? Next(CancellationToken cancellation)
    {
        try
        {
            return results.TryNext(cancellation, out var result) ? new PoolOutcome(result, null) : null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            return new PoolOutcome(null, failure);
        }
    }

    public override void Dispose() => results.Dispose();
}
