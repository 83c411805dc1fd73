namespace Multiproc.Pool.Managed;

/// <summary>A call of a pool, with all its arguments, in the form in which it is sent to the process of the pool.</summary>
internal abstract class PooledCall
{
    public abstract Task<object?> Run(ProcessPool pool, IProgress<PoolProgress>? progress, CancellationToken cancellation);
}

internal delegate AsyncResult<TResult> CallOfPool<TResult>(ProcessPool pool, IProgress<PoolProgress>? progress, CancellationToken cancellation);

internal sealed class PooledCall<TResult>(CallOfPool<TResult> call) : PooledCall
{
    public override async Task<object?> Run(ProcessPool pool, IProgress<PoolProgress>? progress, CancellationToken cancellation)
    {
        if (progress is null)
        {
            return await call(pool, null, cancellation).ConfigureAwait(false);
        }

        var whole = new WholeProgress(progress);
        object? result = await call(pool, whole, cancellation).ConfigureAwait(false);
        await whole.ToldAsync().ConfigureAwait(false);
        return result;
    }
}

/// <summary>
/// A caller's progress, which is reached until its call is answered: the answer must not overtake the last report. Reports run beside the pool's own work, so
/// without this it mostly would.
/// </summary>
internal sealed class WholeProgress(IProgress<PoolProgress> caller) : IProgress<PoolProgress>
{
    /// <summary>A handler that does not return must not keep the result from its caller.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Report(PoolProgress value)
    {
        try
        {
            caller.Report(value);
        }
        finally
        {
            if (value.Done >= value.Total)
            {
                _told.TrySetResult();
            }
        }
    }

    public async Task ToldAsync() => await _told.Task.WaitAsync(s_patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}

internal delegate AsyncResult<TResult> CallWithInput<in TInput, TResult>(ProcessPool pool, TInput input, CancellationToken cancellation);

/// <summary>Several inputs of an Imap, each a task with an outcome of its own.</summary>
internal sealed class PooledInputs<TInput, TResult>(CallWithInput<TInput, TResult> call, TInput[] inputs) : PooledCall
{
    public override async Task<object?> Run(ProcessPool pool, IProgress<PoolProgress>? progress, CancellationToken cancellation)
    {
        var running = System.Array.ConvertAll(inputs, input => call(pool, input, cancellation).AsTask());
        var ends = new PooledEnd<TResult>[running.Length];
        for (int i = 0; i < ends.Length; i++)
        {
            await ((Task)running[i]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            ends[i] = running[i].IsCompletedSuccessfully ? new(running[i].Result, null) : new(default, running[i].Exception!.InnerException);
        }

        return ends;
    }
}

/// <summary>The outcome of one input.</summary>
internal readonly record struct PooledEnd<TResult>(TResult? Value, Exception? Failure);
