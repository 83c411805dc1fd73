namespace Multiproc.Pool;

internal sealed class AsyncCallJob<TResult>(Func<Task<TResult>> target) : AsyncJobWork<Nothing, TResult>
{
    protected override ValueTask<TResult> Start(Nothing input, CancellationToken token) => new(NotNull(target()));
}

internal sealed class AsyncCallTokenJob<TResult>(Func<CancellationToken, Task<TResult>> target) : AsyncJobWork<Nothing, TResult>
{
    public override bool TakesToken => true;

    protected override ValueTask<TResult> Start(Nothing input, CancellationToken token) => new(NotNull(target(token)));
}

internal sealed class AsyncFunctionJob<TInput, TResult>(Func<TInput, Task<TResult>> target) : AsyncJobWork<TInput, TResult>
{
    protected override ValueTask<TResult> Start(TInput input, CancellationToken token) => new(NotNull(target(input)));
}

internal sealed class AsyncFunctionTokenJob<TInput, TResult>(Func<TInput, CancellationToken, Task<TResult>> target) : AsyncJobWork<TInput, TResult>
{
    public override bool TakesToken => true;

    protected override ValueTask<TResult> Start(TInput input, CancellationToken token) => new(NotNull(target(input, token)));
}

internal sealed class AsyncStarJob<T1, T2, TResult>(Func<T1, T2, Task<TResult>> target) : AsyncJobWork<(T1, T2), TResult>
{
    protected override ValueTask<TResult> Start((T1, T2) input, CancellationToken token) => new(NotNull(target(input.Item1, input.Item2)));
}

internal sealed class AsyncStarJob<T1, T2, T3, TResult>(Func<T1, T2, T3, Task<TResult>> target) : AsyncJobWork<(T1, T2, T3), TResult>
{
    protected override ValueTask<TResult> Start((T1, T2, T3) input, CancellationToken token) => new(NotNull(target(input.Item1, input.Item2, input.Item3)));
}

internal sealed class AsyncStarJob<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, Task<TResult>> target) : AsyncJobWork<(T1, T2, T3, T4), TResult>
{
    protected override ValueTask<TResult> Start((T1, T2, T3, T4) input, CancellationToken token) =>
        new(NotNull(target(input.Item1, input.Item2, input.Item3, input.Item4)));
}

internal sealed class ValueTaskJob<TInput, TResult>(Func<TInput, ValueTask<TResult>> target) : AsyncJobWork<TInput, TResult>
{
    protected override ValueTask<TResult> Start(TInput input, CancellationToken token) => target(input);
}

internal sealed class ValueTaskTokenJob<TInput, TResult>(Func<TInput, CancellationToken, ValueTask<TResult>> target) : AsyncJobWork<TInput, TResult>
{
    public override bool TakesToken => true;

    protected override ValueTask<TResult> Start(TInput input, CancellationToken token) => target(input, token);
}
