namespace Multiproc.Processes;

/// <summary>The work of a child whose target takes the cancellation token of its process.</summary>
internal abstract class CancellableWork : ChildWork
{
    public override bool TakesCancellation => true;

    protected static CancellationToken Token => CurrentProcess.Instance.Cancellation;
}

internal sealed class CancellableActionWork(Action<CancellationToken> target) : CancellableWork
{
    public override void Run() => target(Token);
}

internal sealed class CancellableActionWork<T1>(Action<T1, CancellationToken> target, T1 arg1) : CancellableWork
{
    public override void Run() => target(arg1, Token);
}

internal sealed class CancellableActionWork<T1, T2>(Action<T1, T2, CancellationToken> target, T1 arg1, T2 arg2) : CancellableWork
{
    public override void Run() => target(arg1, arg2, Token);
}

internal sealed class CancellableActionWork<T1, T2, T3>(Action<T1, T2, T3, CancellationToken> target, T1 arg1, T2 arg2, T3 arg3) : CancellableWork
{
    public override void Run() => target(arg1, arg2, arg3, Token);
}

internal sealed class CancellableActionWork<T1, T2, T3, T4>(
    Action<T1, T2, T3, T4, CancellationToken> target, T1 arg1, T2 arg2, T3 arg3, T4 arg4) : CancellableWork
{
    public override void Run() => target(arg1, arg2, arg3, arg4, Token);
}

internal sealed class CancellableTaskWork(Func<CancellationToken, Task> target) : CancellableWork
{
    public override void Run() => Finish(target(Token));
}

internal sealed class CancellableTaskWork<T1>(Func<T1, CancellationToken, Task> target, T1 arg1) : CancellableWork
{
    public override void Run() => Finish(target(arg1, Token));
}

internal sealed class CancellableTaskWork<T1, T2>(Func<T1, T2, CancellationToken, Task> target, T1 arg1, T2 arg2) : CancellableWork
{
    public override void Run() => Finish(target(arg1, arg2, Token));
}

internal sealed class CancellableTaskWork<T1, T2, T3>(Func<T1, T2, T3, CancellationToken, Task> target, T1 arg1, T2 arg2, T3 arg3) : CancellableWork
{
    public override void Run() => Finish(target(arg1, arg2, arg3, Token));
}

internal sealed class CancellableTaskWork<T1, T2, T3, T4>(
    Func<T1, T2, T3, T4, CancellationToken, Task> target, T1 arg1, T2 arg2, T3 arg3, T4 arg4) : CancellableWork
{
    public override void Run() => Finish(target(arg1, arg2, arg3, arg4, Token));
}
