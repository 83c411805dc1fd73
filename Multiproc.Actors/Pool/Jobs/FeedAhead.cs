using Multiproc.Processes;

namespace Multiproc.Pool;

/// <summary>
/// Feeds inputs that arrive at their own pace, never more than a limit ahead of the results that were taken. Starts when the first result is taken, and ends
/// with the job at the latest, even if the caller neither takes nor disposes of the results any more.
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

        // Not run on the thread that ends the job, which delivers messages: ending the input runs code of the caller.
        job.Over = StopReading;
    }

    /// <summary>Awaited after each input.</summary>
    protected SemaphoreSlim Room { get; }

    /// <summary>Fires when no more inputs are needed.</summary>
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
            // No more inputs are needed.
        }
        catch (Exception failure)
        {
            // The caller's own exception; the results of the inputs before it are returned first.
            InputFailure = failure;
        }

        _job.InputEnded = true;
        TellInput();
    }
}
