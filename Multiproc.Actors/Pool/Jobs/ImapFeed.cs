using System.Diagnostics;
using Multiproc.Processes;

namespace Multiproc.Pool;

/// <summary>Gives the inputs of a collection in as results are taken out: on the caller's own thread, and never more than so many ahead.</summary>
internal sealed class ImapFeed<TInput, TResult>(ImapJob<TInput, TResult> job, IEnumerator<TInput> inputs, int maxInFlight, Action<PoolCommand> tell)
    : ImapSource<TInput, TResult>(job, tell)
{
    /// <summary>A slow input is given in small gulps, so that workers begin and results come out before all the room is filled.</summary>
    private static readonly TimeSpan s_longestGulp = TimeSpan.FromMilliseconds(1);

    private readonly ImapJob<TInput, TResult> _job = job;
    private long _taken;
    private bool _refilling;

    protected override void OnTaken() => _taken++;

    protected override bool Feed()
    {
        // In larger gulps: a command for each input would cost more than the input.
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
            // The caller's own exception: results of the inputs before it come out first.
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
