using System.Diagnostics;
using Multiproc.Processes;

namespace Multiproc.Pool;

/// <summary>Feeds the inputs of a collection while results are taken, on the caller's own thread and never more than a limit ahead.</summary>
internal sealed class ImapFeed<TInput, TResult>(ImapJob<TInput, TResult> job, IEnumerator<TInput> inputs, int maxInFlight, Action<PoolCommand> tell)
    : ImapSource<TInput, TResult>(job, tell)
{
    /// <summary>
    /// The longest time to read inputs at once: a slow input is fed in small batches, so that workers begin, and results come out, before the limit is
    /// reached.
    /// </summary>
    private static readonly TimeSpan s_longestGulp = TimeSpan.FromMilliseconds(1);

    private readonly ImapJob<TInput, TResult> _job = job;
    private long _taken;
    private bool _refilling;

    protected override void OnTaken() => _taken++;

    protected override bool Feed()
    {
        // In larger batches, since a command for each input would cost more than the input.
        _refilling |= _job.Inputs - _taken <= maxInFlight / 2;
        if (_job.InputEnded || !_refilling)
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
                    _job.AddInput(inputs.Current);
                }
                else
                {
                    EndInput();
                }

                _refilling = !_job.InputEnded && _job.Inputs - _taken < maxInFlight;
            }
            while (_refilling && Stopwatch.GetElapsedTime(begun) < s_longestGulp);
        }
        catch (Exception failure)
        {
            // The caller's own exception; the results of the inputs before it are returned first.
            InputFailure = failure;
            _refilling = false;
            UserCode.Run("The disposal of an input of an Imap that had failed", EndInput);
        }

        TellInput();
        return _refilling;
    }

    protected override void EndInput()
    {
        if (!_job.InputEnded)
        {
            _job.InputEnded = true;
            inputs.Dispose();
        }
    }
}
