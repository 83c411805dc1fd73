namespace Multiproc.Pool;

internal sealed class AsyncActionJob(Func<Task> target) : AsyncJobWork<Nothing, object?>
{
    protected override ValueTask<object?> Start(Nothing input, CancellationToken token) => Done(target());
}

internal sealed class AsyncActionTokenJob(Func<CancellationToken, Task> target) : AsyncJobWork<Nothing, object?>
{
    public override bool TakesToken => true;

    protected override ValueTask<object?> Start(Nothing input, CancellationToken token) => Done(target(token));
}

internal sealed class AsyncActionJob<T1>(Func<T1, Task> target) : AsyncJobWork<T1, object?>
{
    protected override ValueTask<object?> Start(T1 input, CancellationToken token) => Done(target(input));
}

internal sealed class AsyncActionTokenJob<T1>(Func<T1, CancellationToken, Task> target) : AsyncJobWork<T1, object?>
{
    public override bool TakesToken => true;

    protected override ValueTask<object?> Start(T1 input, CancellationToken token) => Done(target(input, token));
}

internal sealed class AsyncActionJob<T1, T2>(Func<T1, T2, Task> target) : AsyncJobWork<(T1, T2), object?>
{
    protected override ValueTask<object?> Start((T1, T2) input, CancellationToken token) => Done(target(input.Item1, input.Item2));
}

internal sealed class AsyncActionJob<T1, T2, T3>(Func<T1, T2, T3, Task> target) : AsyncJobWork<(T1, T2, T3), object?>
{
    protected override ValueTask<object?> Start((T1, T2, T3) input, CancellationToken token) => Done(target(input.Item1, input.Item2, input.Item3));
}

internal sealed class AsyncActionJob<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Task> target) : AsyncJobWork<(T1, T2, T3, T4), object?>
{
    protected override ValueTask<object?> Start((T1, T2, T3, T4) input, CancellationToken token) =>
        Done(target(input.Item1, input.Item2, input.Item3, input.Item4));
}
