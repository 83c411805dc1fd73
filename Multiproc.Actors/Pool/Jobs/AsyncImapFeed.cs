namespace Multiproc.Pool;

/// <summary>Gives asynchronous inputs in as they come.</summary>
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
