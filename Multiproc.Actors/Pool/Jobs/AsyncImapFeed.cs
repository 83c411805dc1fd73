namespace Multiproc.Pool;

/// <summary>Feeds asynchronous inputs as they arrive.</summary>
internal sealed class AsyncImapFeed<TInput, TResult>(ImapJob<TInput, TResult> job, IAsyncEnumerable<TInput> inputs, int maxInFlight, Action<PoolCommand> tell)
    : FeedAhead<TInput, TResult>(job, maxInFlight, tell)
{
    protected override Task ReadAsync() => Task.Run(async () =>
    {
        await foreach (var input in inputs.WithCancellation(Stopped).ConfigureAwait(false))
        {
            Give(input);
            await Room.WaitAsync(Stopped).ConfigureAwait(false);
        }
    });
}
