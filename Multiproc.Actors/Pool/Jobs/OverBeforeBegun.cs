namespace Multiproc.Pool;

/// <summary>The results of an Imap whose token had fired before the call: each step throws, no input is read and no worker is told of it.</summary>
internal sealed class OverBeforeBegun<TResult>(CancellationToken cancellation) : IResultSource<TResult>
{
    public bool TryNext(WaitTimeout timeout, CancellationToken waiting, out TResult? result) => throw new OperationCanceledException(cancellation);

    public bool? TryNow(out TResult? result) => throw new OperationCanceledException(cancellation);

    public void Dispose()
    {
        // Nothing was started.
    }
}
