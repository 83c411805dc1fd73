using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>The source from which the results of an Imap are taken.</summary>
internal interface IResultSource<TResult> : IDisposable
{
    /// <summary>Takes the next result; false at the end. Throws the exception of the task, or MultiprocTimeoutException.</summary>
    bool TryNext(WaitTimeout timeout, CancellationToken cancellation, out TResult? result);

    /// <summary>Takes the next result without waiting; null if it has not arrived, false at the end.</summary>
    bool? TryNow(out TResult? result);
}

/// <summary>Takes results, independently of how the inputs are fed.</summary>
internal abstract class ImapSource<TInput, TResult>(ImapJob<TInput, TResult> job, Action<PoolCommand> tell) : IResultSource<TResult>
{
    /// <summary>The exception of the input; thrown after the results of the inputs before it.</summary>
    protected Exception? InputFailure { get; set; }

    public bool TryNext(WaitTimeout timeout, CancellationToken cancellation, out TResult? result)
    {
        var until = Deadline.In(timeout);
        while (true)
        {
            bool more = Feed();
            if (TryTake(out result) is { } taken)
            {
                return taken;
            }

            if (more && !cancellation.IsCancellationRequested && !until.HasPassed)
            {
                continue;
            }

            if (!Reactor.Current.WaitUntil(job.Changed, until.Remaining, cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                throw new MultiprocTimeoutException($"No task of the pool was done within {timeout}.");
            }
        }
    }

    public bool? TryNow(out TResult? result)
    {
        Feed();
        return TryTake(out result);
    }

    /// <summary>Stops the job: tasks that have not begun are dropped, running ones are asked to end.</summary>
    public void Dispose()
    {
        try
        {
            EndInput();
        }
        finally
        {
            // Even if the caller's enumerator throws when it is disposed.
            tell(new PoolCommand.Cancel(job.Id));
        }
    }

    /// <summary>Feeds inputs; returns true if it stopped below the limit because the input is slow.</summary>
    protected abstract bool Feed();

    /// <summary>Called when a result was taken, so that there is room for one more input.</summary>
    protected abstract void OnTaken();

    /// <summary>Stops reading inputs.</summary>
    protected abstract void EndInput();

    protected void TellInput() => tell(new PoolCommand.MoreInput(job.Id, job.Inputs, job.InputEnded));

    private bool? TryTake(out TResult? result)
    {
        switch (job.TryTake(out result, out var failure))
        {
            case true:
                OnTaken();
                return failure is null ? true : throw failure;
            case false when InputFailure is { } inputFailure:
                InputFailure = null;
                throw inputFailure;
            case false:
                return false;
            case null:
                return null;
        }
    }
}
