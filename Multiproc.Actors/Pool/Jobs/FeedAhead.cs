using Multiproc.Processes;

namespace Multiproc.Pool;

/// <summary>
/// Gives inputs in that come at a pace of their own, never more than so many ahead of the results that were taken. Begins with the first taking; ends with the job at the
/// latest, also when nobody takes results or closes them any more.
/// </summary>
internal abstract class FeedAhead<TInput, TResult> : ImapSource<TInput, TResult>
{
    private readonly ImapJob<TInput, TResult> _job;
    private readonly CancellationTokenSource _stop = new();
    private bool _reading;

    protected FeedAhead(ImapJob<TInput, TResult> job, int maxInFlight, Action<PoolCommand> tell)
        : base(job, tell)
    {
        _job = job;
        Room = new SemaphoreSlim(maxInFlight - 1);

        // Not on the thread that ends the job, which delivers messages: what the input does then is the caller's code.
        job.Over = StopReading;
    }

    /// <summary>To be waited for behind each input.</summary>
    protected SemaphoreSlim Room { get; }

    /// <summary>Fires when no more inputs are wanted.</summary>
    protected CancellationToken Stopped => _stop.Token;

    protected abstract Task ReadAsync();

    protected void Give(TInput input)
    {
        _job.AddInput(input);
        TellInput();
    }

    protected override bool Feed()
    {
        if (!_reading)
        {
            _reading = true;
            _ = ReadAllAsync();
        }

        return false;
    }

    protected override void OnTaken() => Room.Release();

    protected override void EndInput() => StopReading();

    private void StopReading() => UserCode.Cancel(_stop, "A callback for the end of the input of an Imap");

    private async Task ReadAllAsync()
    {
        try
        {
            await ReadAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Stopped.IsCancellationRequested)
        {
            // Nobody wants more inputs.
        }
        catch (Exception failure)
        {
            // The caller's own exception: results of the inputs before it come out first.
            InputFailure = failure;
        }

        _job.InputEnded = true;
        TellInput();
    }
}
