using System.Collections;
using System.Runtime.CompilerServices;
using Multiproc.Pool;

namespace Multiproc;

/// <summary>
/// The results of an Imap, taken one after the other. When a step throws what its task threw, the next step goes on with the next result.
/// Disposing it drops the tasks that have not begun. It can be enumerated once.
/// </summary>
/// <remarks>
/// <c>foreach</c>, <c>await foreach</c> and LINQ work on it as it is. For the asynchronous operators of LINQ, and where an <see cref="IAsyncEnumerable{T}"/> is wanted,
/// there is <see cref="AsAsyncEnumerable"/>: were this class both, no operator of LINQ would compile on it.
/// </remarks>
/// <example>
/// <code>
/// int[] first = pool.Imap(static x => x * x, Enumerable.Range(0, 1000)).Take(3).ToArray();
/// await foreach (int square in pool.Imap(static x => x * x, Enumerable.Range(0, 10)))
/// {
///     Console.WriteLine(square);
/// }
/// </code>
/// </example>
/// <typeparam name="TResult">What the tasks give.</typeparam>
public sealed class PoolResults<TResult> : IEnumerable<TResult>, IEnumerator<TResult>
{
    private readonly IResultSource<TResult> _source;
    private TResult? _current;
    private bool _ended;

    internal PoolResults(IResultSource<TResult> source) => _source = source;

    /// <summary>The result of the last step.</summary>
    public TResult Current => _current!;

    object? IEnumerator.Current => _current;

    /// <summary>Waits for the next result.</summary>
    /// <returns>False when there are no more.</returns>
    /// <exception cref="WorkerDiedException">The worker of the task ended while it ran it.</exception>
    public bool MoveNext() => Advance(null, default);

    /// <summary>The next result. Python's <c>next(timeout)</c>.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; the tasks go on.</param>
    /// <returns>The result.</returns>
    /// <exception cref="MultiprocTimeoutException">None was there in time.</exception>
    /// <exception cref="InvalidOperationException">There are no more.</exception>
    /// <exception cref="WorkerDiedException">The worker of the task ended while it ran it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public TResult Next(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Advance(timeout, cancellation) ? Current : throw new InvalidOperationException("There are no more results.");

    /// <summary>As <see cref="Next"/>, without blocking the calling thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; the tasks go on.</param>
    /// <returns>The result.</returns>
    /// <exception cref="MultiprocTimeoutException">None was there in time.</exception>
    /// <exception cref="InvalidOperationException">There are no more.</exception>
    /// <exception cref="WorkerDiedException">The worker of the task ended while it ran it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public async ValueTask<TResult> NextAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        AdvanceNow(cancellation) ?? await Task.Run(() => Advance(timeout, cancellation), cancellation).ConfigureAwait(false)
            ? Current
            : throw new InvalidOperationException("There are no more results.");

    /// <summary>Itself: results can be taken once.</summary>
    /// <returns>This object.</returns>
    public IEnumerator<TResult> GetEnumerator() => this;

    IEnumerator IEnumerable.GetEnumerator() => this;

    /// <summary>Takes the results without blocking the calling thread.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The results.</returns>
    public async IAsyncEnumerator<TResult> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using (this)
        {
            while (AdvanceNow(cancellationToken) ?? await Task.Run(() => Advance(null, cancellationToken), cancellationToken).ConfigureAwait(false))
            {
                yield return Current;
            }
        }
    }

    /// <summary>Gives the results as an asynchronous stream, for LINQ's asynchronous operators and methods that take one. They can be taken once, here or there.</summary>
    /// <returns>The results.</returns>
    public IAsyncEnumerable<TResult> AsAsyncEnumerable() => new Stream(this);

    /// <summary>Takes the results in <c>await foreach</c>, with a token that gives up waiting.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What <c>await foreach</c> takes.</returns>
    public ConfiguredCancelableAsyncEnumerable<TResult> WithCancellation(CancellationToken cancellationToken) => AsAsyncEnumerable().WithCancellation(cancellationToken);

    /// <summary>Takes the results in <c>await foreach</c>, and says where it goes on.</summary>
    /// <param name="continueOnCapturedContext">Whether to go on where the wait began.</param>
    /// <returns>What <c>await foreach</c> takes.</returns>
    public ConfiguredCancelableAsyncEnumerable<TResult> ConfigureAwait(bool continueOnCapturedContext) => AsAsyncEnumerable().ConfigureAwait(continueOnCapturedContext);

    /// <summary>Drops the tasks that have not begun.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            _source.Dispose();
        }
    }

    void IEnumerator.Reset() => throw new NotSupportedException("The results of a pool can be taken once.");

    private bool? AdvanceNow(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return _ended ? false : _source.TryNow(out _current);
    }

    private bool Advance(WaitTimeout timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_ended || !_source.TryNext(timeout, cancellation, out _current))
        {
            _ended = true;
            return false;
        }

        return true;
    }

    private sealed class Stream(PoolResults<TResult> results) : IAsyncEnumerable<TResult>
    {
        public IAsyncEnumerator<TResult> GetAsyncEnumerator(CancellationToken cancellationToken = default) => results.GetAsyncEnumerator(cancellationToken);
    }
}
