using System.Runtime.ExceptionServices;
using Multiproc.Pool;
using Multiproc.Processes;

namespace Multiproc.Managers;

/// <summary>Results of an Imap in a manager, as they come over.</summary>
internal sealed class RemoteResults<TResult>(Func<Task<IAsyncEnumerator<PoolOutcome>>> begin) : IResultSource<TResult>
{
    private readonly Task<IAsyncEnumerator<PoolOutcome>> _begun = begin();
    private Task<bool>? _step;

    public bool TryNext(TimeSpan? timeout, CancellationToken cancellation, out TResult? result)
    {
        var step = _step ??= Step();
        if (!step.IsCompleted && Task.WaitAny([step], (int)WaitTime.Of(timeout).TotalMilliseconds, cancellation) < 0)
        {
            throw new MultiprocTimeoutException($"No task of the pool was done within {Math.Max(0, timeout!.Value.TotalSeconds):0.###} s.");
        }

        return Take(step, out result);
    }

    public bool? TryNow(out TResult? result)
    {
        var step = _step ??= Step();
        if (step.IsCompleted)
        {
            return Take(step, out result);
        }

        result = default;
        return null;
    }

    /// <summary>The stream's end tells the manager, which drops what has not begun.</summary>
    public void Dispose() => _ = EndAsync();

    private async Task EndAsync()
    {
        var begun = await _begun.ConfigureAwait(false);
        if (_step is { } step)
        {
            // It must be at rest before it is left; how it ended is nobody's business any more.
            await ((Task)step).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await begun.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<bool> Step() => await (await _begun.ConfigureAwait(false)).MoveNextAsync().ConfigureAwait(false);

    private bool Take(Task<bool> step, out TResult? result)
    {
        _step = null;
        result = default;
        if (!step.GetAwaiter().GetResult())
        {
            return false;
        }

        var outcome = _begun.Result.Current;
        if (outcome.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        result = (TResult?)outcome.Value;
        return true;
    }
}
