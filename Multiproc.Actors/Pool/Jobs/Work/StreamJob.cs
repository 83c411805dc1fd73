namespace Multiproc.Pool;

/// <summary>What comes out of a function that gives a sequence: an item, or its end.</summary>
internal readonly record struct StreamPart<T>(T? Item, bool IsEnd);

/// <summary>Reads the sequence of a function in the worker, and puts what comes into a queue of the caller, which bounds how far it may run ahead.</summary>
internal sealed class StreamJob<TInput, TResult>(Func<TInput, CancellationToken, IAsyncEnumerable<TResult>> target, SharedQueue<StreamPart<TResult>> parts)
    : AsyncJobWork<TInput, object?>
{
    public override bool TakesToken => true;

    protected override async ValueTask<object?> Start(TInput input, CancellationToken token)
    {
        await foreach (var item in target(input, token).WithCancellation(token).ConfigureAwait(false))
        {
            await parts.PutAsync(new StreamPart<TResult>(item, IsEnd: false), cancellation: token).ConfigureAwait(false);
        }

        await parts.PutAsync(new StreamPart<TResult>(default, IsEnd: true), cancellation: token).ConfigureAwait(false);
        return null;
    }
}

/// <summary>A function without a token in the form of one with a token.</summary>
internal sealed class WithoutToken<TInput, TResult>(Func<TInput, IAsyncEnumerable<TResult>> target)
{
    public IAsyncEnumerable<TResult> Call(TInput input, CancellationToken token) => target(input);
}
