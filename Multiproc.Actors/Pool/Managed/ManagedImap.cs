using System.Collections.Concurrent;
using Multiproc.Processes;

namespace Multiproc.Pool.Managed;

/// <summary>
/// The results of an Imap over a pool in a manager: a limited number of calls, of one chunk each, are pending, and each one that is taken makes room for the
/// next.
/// </summary>
internal sealed class ManagedImap<TInput, TResult> : IResultSource<TResult>
{
    private const int MostUnderWay = 64;

    private readonly Func<TInput[], CancellationToken, Task<PooledEnd<TResult>[]>> _run;
    private readonly IEnumerator<TInput[]> _inputs;
    private readonly bool _ordered;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _callers;
    private readonly Queue<Task<PooledEnd<TResult>[]>> _underWay = new();
    private readonly BlockingCollection<Task<PooledEnd<TResult>[]>> _done = [];
    private readonly Queue<PooledEnd<TResult>> _ends = new();
    private int _notTaken;
    private bool _inputEnded;
    private Exception? _inputFailure;

    public ManagedImap(
        Func<TInput[], CancellationToken, Task<PooledEnd<TResult>[]>> run, IEnumerable<TInput[]> inputs, bool ordered, CancellationToken cancellation)
    {
        _run = run;
        _inputs = inputs.GetEnumerator();
        _ordered = ordered;
        _callers = cancellation;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    public bool TryNext(WaitTimeout timeout, CancellationToken cancellation, out TResult? result)
    {
        _callers.ThrowIfCancellationRequested();
        Feed();
        if (_ends.Count == 0 && _notTaken > 0)
        {
            if (!TryTake(timeout, cancellation))
            {
                throw new MultiprocTimeoutException($"No task of the pool was done within {timeout}.");
            }
        }

        return Give(out result);
    }

    public bool? TryNow(out TResult? result)
    {
        _callers.ThrowIfCancellationRequested();
        Feed();
        if (_ends.Count == 0 && _notTaken > 0 && !TryTake(TimeSpan.Zero, CancellationToken.None))
        {
            result = default;
            return null;
        }

        return Give(out result);
    }

    /// <summary>Cancels the pending calls, in the manager too.</summary>
    public void Dispose()
    {
        _inputEnded = true;
        try
        {
            _inputs.Dispose();
        }
        finally
        {
            _stop.Cancel();
        }
    }

    private void Feed()
    {
        while (!_inputEnded && _notTaken < MostUnderWay)
        {
            try
            {
                _inputEnded = !_inputs.MoveNext();
                if (_inputEnded)
                {
                    _inputs.Dispose();
                    return;
                }
            }
            catch (Exception failure)
            {
                _inputFailure = failure;
                _inputEnded = true;
                UserCode.Run("The disposal of an input of an Imap that had failed", _inputs.Dispose);
                return;
            }

            _notTaken++;
            var call = _run(_inputs.Current, _stop.Token);
            if (_ordered)
            {
                _underWay.Enqueue(call);
            }
            else
            {
                _ = call.ContinueWith(_done.Add, TaskScheduler.Default);
            }
        }
    }

    private bool TryTake(WaitTimeout timeout, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _callers);
        try
        {
            return TryTakeUntil(timeout, either.Token);
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            _callers.ThrowIfCancellationRequested();
            throw;
        }
    }

    private bool TryTakeUntil(WaitTimeout timeout, CancellationToken either)
    {
        if (_ordered)
        {
            if (!_underWay.Peek().Ends(timeout, either))
            {
                return false;
            }

            Take(_underWay.Dequeue());
            return true;
        }

        if (!_done.TryTake(out var any, timeout.Milliseconds, either))
        {
            return false;
        }

        Take(any);
        return true;
    }

    private void Take(Task<PooledEnd<TResult>[]> chunk)
    {
        _notTaken--;
        foreach (var end in chunk.GetAwaiter().GetResult())
        {
            _ends.Enqueue(end);
        }
    }

    private bool Give(out TResult? result)
    {
        if (_ends.TryDequeue(out var end))
        {
            result = end.Value;
            return end.Failure is null ? true : throw end.Failure;
        }

        result = default;
        if (_inputFailure is { } failure)
        {
            _inputFailure = null;
            throw failure;
        }

        return false;
    }
}
