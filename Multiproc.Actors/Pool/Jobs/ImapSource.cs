using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>What the results of an Imap are taken from.</summary>
internal interface IResultSource<TResult> : IDisposable
{
    /// <summary>The next result; false at the end. Throws what the task threw, and MultiprocTimeoutException.</summary>
    bool TryNext(WaitTimeout timeout, CancellationToken cancellation, out TResult? result);

    /// <summary>The same without waiting; null when there is nothing yet.</summary>
    bool? TryNow(out TResult? result);
}

/// <summary>Taking results, whatever gives the inputs in.</summary>
internal abstract class ImapSource<TInput, TResult>(ImapJob<TInput, TResult> job, Action<PoolCommand> tell) : IResultSource<TResult>
{
    /// <summary>What the input threw: comes after the results of the inputs before it.</summary>
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

    /// <summary>Nobody takes results any more: what has not begun is dropped, what runs is asked to end.</summary>
    public void Dispose()
    {
        try
        {
            EndInput();
        }
        finally
        {
            // Also when the caller's enumerator throws while it is disposed of.
            tell(new PoolCommand.Cancel(job.Id));
        }
    }

    /// <summary>Gives inputs in; true when there is room for more, which was left because the input is slow.</summary>
    protected abstract bool Feed();

    /// <summary>A result was taken: there is room for one more input.</summary>
    protected abstract void OnTaken();

    /// <summary>No more inputs are read.</summary>
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
