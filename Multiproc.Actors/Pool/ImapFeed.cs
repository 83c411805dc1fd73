using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>What the results of an Imap are taken from.</summary>
internal interface IResultSource<TResult> : IDisposable
{
    /// <summary>The next result; false at the end. Throws what the task threw, and MultiprocTimeoutException.</summary>
    bool TryNext(TimeSpan? timeout, CancellationToken cancellation, out TResult? result);
}

/// <summary>Gives inputs in as results are taken out: on the caller's own thread, and never more than so many ahead.</summary>
internal sealed class ImapFeed<TInput, TResult>(ImapJob<TInput, TResult> job, IEnumerator<TInput> inputs, int maxInFlight, Action<PoolCommand> tell) : IResultSource<TResult>
{
    private long _taken;
    private Exception? _inputFailure;

    public bool TryNext(TimeSpan? timeout, CancellationToken cancellation, out TResult? result)
    {
        while (true)
        {
            Feed();
            switch (job.TryTake(out result, out var failure))
            {
                case true:
                    _taken++;
                    return failure is null ? true : throw failure;
                case false when _inputFailure is { } inputFailure:
                    _inputFailure = null;
                    throw inputFailure;
                case false:
                    return false;
            }

            if (!Reactor.Current.WaitUntil(job.Changed, timeout, cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                throw new MultiprocTimeoutException($"No task of the pool was done within {Math.Max(0, timeout!.Value.TotalSeconds):0.###} s.");
            }
        }
    }

    /// <summary>Nobody takes results any more: what has not begun is dropped.</summary>
    public void Dispose()
    {
        if (!job.InputEnded)
        {
            job.InputEnded = true;
            inputs.Dispose();
        }

        tell(new PoolCommand.Cancel(job.Id));
    }

    private void Feed()
    {
        // In larger gulps: a command for each input would cost more than the input.
        if (job.InputEnded || job.Inputs - _taken > maxInFlight / 2)
        {
            return;
        }

        try
        {
            while (job.Inputs - _taken < maxInFlight && !job.InputEnded)
            {
                if (inputs.MoveNext())
                {
                    job.AddInput(inputs.Current);
                }
                else
                {
                    EndInput();
                }
            }
        }
        catch (Exception failure)
        {
            // The caller's own exception: results of the inputs before it come out first.
            _inputFailure = failure;
            EndInput();
        }

        tell(new PoolCommand.MoreInput(job.Id, job.Inputs, job.InputEnded));
    }

    private void EndInput()
    {
        job.InputEnded = true;
        inputs.Dispose();
    }
}
