using Microsoft.Extensions.Logging;

namespace Multiproc.Hosting.Lifetime;

/// <summary>A pool of a host, and how it ends with it.</summary>
internal sealed class HostedPool(string name, ProcessPool pool, TimeSpan drainTimeout)
{
    /// <summary>For a worker that was told to end, before the rest of the pool is ended by force.</summary>
    private static readonly TimeSpan s_toLeave = TimeSpan.FromSeconds(2);

    public string Name => name;

    public ProcessPool Pool => pool;

    public TimeSpan DrainTimeout => drainTimeout;

    /// <summary>
    /// Ends the pool with its host. It takes calls until all other services of the host have stopped, or its time is over; then it is closed, and its running
    /// tasks have the rest of that time. After it they are cancelled, with the grace of the pool; then the workers are ended.
    /// </summary>
    /// <param name="othersStopped">Completes when no other service of the host needs the pool.</param>
    /// <param name="time">The clock of the host.</param>
    /// <param name="log">Receives what was cancelled or ended.</param>
    /// <param name="hurry">Fires when the host does not wait any longer: running tasks are cancelled at once.</param>
    public async Task DrainAsync(Task othersStopped, TimeProvider time, ILogger log, CancellationToken hurry)
    {
        using var over = drainTimeout == Timeout.InfiniteTimeSpan
            ? new CancellationTokenSource()
            : new CancellationTokenSource(drainTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, hurry);
        await othersStopped.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        pool.Close();
        if (await Left(null, either.Token).ConfigureAwait(false))
        {
            return;
        }

        HostLog.Cancelling(log, name, drainTimeout, hurry.IsCancellationRequested);
        pool.CancelCalls(new OperationCanceledException(
            $"The pool '{name}' ended with its host before this call was done: it had {drainTimeout.TotalSeconds:0.###} s. Raise DrainTimeout of the pool, and "
            + "ShutdownTimeout of the host, to give it more."));
        if (!await Left(Grace, CancellationToken.None).ConfigureAwait(false))
        {
            HostLog.Ending(log, name, pool.WorkerPids);
            pool.Terminate();
        }
    }

    private TimeSpan? Grace => pool.StopGrace == Timeout.InfiniteTimeSpan ? null : pool.StopGrace + s_toLeave;

    private async Task<bool> Left(TimeSpan? timeout, CancellationToken cancellation)
    {
        try
        {
            return await pool.JoinAsync(timeout, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
