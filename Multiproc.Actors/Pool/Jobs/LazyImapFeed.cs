namespace Multiproc.Pool;

/// <summary>
/// Gives inputs in that are made while they are read: on a thread of their own, as CPython does, for the next input may wait for what the caller does with the last result.
/// </summary>
internal sealed class LazyImapFeed<TInput, TResult>(ImapJob<TInput, TResult> job, IEnumerable<TInput> inputs, int maxInFlight, Action<PoolCommand> tell)
    : FeedAhead<TInput, TResult>(job, maxInFlight, tell)
{
    protected override Task ReadAsync() => Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Read()
    {
        foreach (var input in inputs)
        {
            Stopped.ThrowIfCancellationRequested();
            Give(input);
            Room.Wait(Stopped);
        }
    }
}
