using System.Diagnostics;
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
    /// <summary>A slow input is given in small gulps, so that workers begin and results come out before all the room is filled.</summary>
    private static readonly TimeSpan s_longestGulp = TimeSpan.FromMilliseconds(1);

    private long _taken;
    private bool _refilling;
    private Exception? _inputFailure;

    public bool TryNext(TimeSpan? timeout, CancellationToken cancellation, out TResult? result)
    {
        var until = Deadline.In(timeout);
        while (true)
        {
            bool more = Feed();
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

            if (more && !cancellation.IsCancellationRequested && !until.HasPassed)
            {
                continue;
            }

            if (!Reactor.Current.WaitUntil(job.Changed, until.Remaining, cancellation))
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

    /// <summary>Gives inputs in; true when there is room for more, which was left because the input is slow.</summary>
    private bool Feed()
    {
        // In larger gulps: a command for each input would cost more than the input.
        _refilling |= job.Inputs - _taken <= maxInFlight / 2;
        if (job.InputEnded || !_refilling)
        {
            return false;
        }

        long begun = Stopwatch.GetTimestamp();
        try
        {
            do
            {
                if (inputs.MoveNext())
                {
                    job.AddInput(inputs.Current);
                }
                else
                {
                    EndInput();
                }

                _refilling = !job.InputEnded && job.Inputs - _taken < maxInFlight;
            }
            while (_refilling && Stopwatch.GetElapsedTime(begun) < s_longestGulp);
        }
        catch (Exception failure)
        {
            // The caller's own exception: results of the inputs before it come out first.
            _inputFailure = failure;
            _refilling = false;
            EndInput();
        }

        tell(new PoolCommand.MoreInput(job.Id, job.Inputs, job.InputEnded));
        return _refilling;
    }

    private void EndInput()
    {
        job.InputEnded = true;
        inputs.Dispose();
    }
}
