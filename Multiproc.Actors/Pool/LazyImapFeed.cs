namespace Multiproc.Pool;

/// <summary>
/// Gives inputs in that are made while they are read, never more than so many ahead of the results that were taken: on a thread of their own, as CPython does, for the next
/// input may wait for what the caller does with the last result. Begins with the first taking.
/// </summary>
internal sealed class LazyImapFeed<TInput, TResult>(ImapJob<TInput, TResult> job, IEnumerable<TInput> inputs, int maxInFlight, Action<PoolCommand> tell)
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
            _ = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        return false;
    }

    protected override void OnTaken() => _room.Release();

    protected override void EndInput() => _stop.Cancel();

    private void Read()
    {
        try
        {
            foreach (var input in inputs)
            {
                if (_stop.IsCancellationRequested)
                {
                    break;
                }

                _job.AddInput(input);
                TellInput();
                _room.Wait(_stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody takes results any more.
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
