namespace Multiproc.Pool;

/// <summary>
/// Feeds lazily produced inputs. Reads them on a separate thread, as CPython does, since the next input may wait for what the caller does with the last
/// result.
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
