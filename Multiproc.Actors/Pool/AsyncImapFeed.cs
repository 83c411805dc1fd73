namespace Multiproc.Pool;

/// <summary>Gives asynchronous inputs in as they come, never more than so many ahead of the results that were taken. Begins with the first taking.</summary>
internal sealed class AsyncImapFeed<TInput, TResult>(ImapJob<TInput, TResult> job, IAsyncEnumerable<TInput> inputs, int maxInFlight, Action<PoolCommand> tell)
    : ImapSource<TInput, TResult>(job, tell)
{
    private readonly ImapJob<TInput, TResult> _job = job;
    private readonly SemaphoreSlim _room = new(maxInFlight - 1);
    private readonly CancellationTokenSource _stop = new();
    private bool _reading;

    protected override bool Feed()
    {
        if (!_reading)
        {
            _reading = true;
            _ = Task.Run(ReadAsync);
        }

        return false;
    }

    protected override void OnTaken() => _room.Release();

    protected override void EndInput() => _stop.Cancel();

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var input in inputs.WithCancellation(_stop.Token).ConfigureAwait(false))
            {
                _job.AddInput(input);
                TellInput();
                await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody takes results any more.
        }
        catch (Exception failure)
        {
            InputFailure = failure;
        }

        _job.InputEnded = true;
        TellInput();
    }
}
