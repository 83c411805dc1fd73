using System.Collections;
using System.Runtime.CompilerServices;
using Multiproc.Pool;

namespace Multiproc;

/// <summary>
/// Enumerates the results of an Imap, once. A step throws the exception of its task; the next step continues with the next result.
/// Disposing it drops the tasks that have not begun.
/// </summary>
/// <remarks>
/// <c>foreach</c>, <c>await foreach</c> and LINQ work directly on this class. For the asynchronous LINQ operators, and where an
/// <see cref="IAsyncEnumerable{T}"/> is needed, use <see cref="AsAsyncEnumerable"/>: if this class implemented both interfaces, LINQ operators would be
/// ambiguous.
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
/// <typeparam name="TResult">The type of the results.</typeparam>
public sealed class PoolResults<TResult> : IEnumerable<TResult>, IEnumerator<TResult>
{
    private readonly IResultSource<TResult> _source;
    private TResult? _current;
    private bool _ended;

    internal PoolResults(IResultSource<TResult> source) => _source = source;

    /// <summary>Gets the result of the last step.</summary>
    public TResult Current => _current!;

    object? IEnumerator.Current => _current;

    /// <summary>Waits for the next result and makes it <see cref="Current"/>.</summary>
    /// <returns>True if there is a result, false if there are no more.</returns>
    /// <exception cref="WorkerDiedException">The worker died while it ran the task.</exception>
    public bool MoveNext() => Advance(null, default);

    /// <summary>Waits for the next result and returns it. Python's <c>next(timeout)</c>.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the tasks go on.</param>
    /// <returns>The result.</returns>
    /// <exception cref="MultiprocTimeoutException">The timeout passed without a result.</exception>
    /// <exception cref="InvalidOperationException">There are no more results.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the task.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public TResult Next(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Advance(timeout, cancellation) ? Current : throw new InvalidOperationException("There are no more results.");

    /// <summary>Waits asynchronously for the next result and returns it.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the tasks go on.</param>
    /// <returns>The result.</returns>
    /// <exception cref="MultiprocTimeoutException">The timeout passed without a result.</exception>
    /// <exception cref="InvalidOperationException">There are no more results.</exception>
    /// <exception cref="WorkerDiedException">The worker died while it ran the task.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public async ValueTask<TResult> NextAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        AdvanceNow(cancellation) ?? await Task.Run(() => Advance(timeout, cancellation), cancellation).ConfigureAwait(false)
            ? Current
            : throw new InvalidOperationException("There are no more results.");

    /// <summary>Returns this object, since results can be enumerated only once.</summary>
    /// <returns>This object.</returns>
    public IEnumerator<TResult> GetEnumerator() => this;

    IEnumerator IEnumerable.GetEnumerator() => this;

    /// <summary>Enumerates the results asynchronously.</summary>
    /// <param name="cancellationToken">Stops waiting; the tasks go on.</param>
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

    /// <summary>
    /// Gets the results as an asynchronous stream, for asynchronous LINQ operators and methods that take one. Results can be taken only once, from either.
    /// </summary>
    /// <returns>The results.</returns>
    public IAsyncEnumerable<TResult> AsAsyncEnumerable() => new Stream(this);

    /// <summary>Enumerates the results with <c>await foreach</c> and a cancellation token.</summary>
    /// <param name="cancellationToken">Stops waiting; the tasks go on.</param>
    /// <returns>The stream for <c>await foreach</c>.</returns>
    public ConfiguredCancelableAsyncEnumerable<TResult> WithCancellation(CancellationToken cancellationToken) =>
        AsAsyncEnumerable().WithCancellation(cancellationToken);

    /// <summary>Enumerates the results with <c>await foreach</c> and configures how each await continues.</summary>
    /// <param name="continueOnCapturedContext">Whether to continue in the captured context.</param>
    /// <returns>The stream for <c>await foreach</c>.</returns>
    public ConfiguredCancelableAsyncEnumerable<TResult> ConfigureAwait(bool continueOnCapturedContext) =>
        AsAsyncEnumerable().ConfigureAwait(continueOnCapturedContext);

    /// <summary>Drops the tasks that have not begun.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            _source.Dispose();
        }
    }

    void IEnumerator.Reset() => throw new NotSupportedException("The results of a pool can be enumerated only once.");

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
