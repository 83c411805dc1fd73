using System.Runtime.CompilerServices;
using Multiproc.Managers;
using Multiproc.Pool;

namespace Multiproc;

/// <content>Stream: a function that gives a sequence.</content>
public sealed partial class ProcessPool
{
    /// <summary>
    /// Runs a function that gives a sequence in a worker, and yields the items as they are made. The call begins when the sequence is enumerated; each
    /// enumeration is a call of its own.
    /// </summary>
    /// <typeparam name="TInput">The type of the function's input; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the items; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in a worker; values that a lambda captures are sent along. Usually an async iterator.</param>
    /// <param name="input">The input.</param>
    /// <param name="buffer">How many items may be made that have not been taken: then the function waits. From 1; default 64.</param>
    /// <param name="options">Settings of the task; null (the default) for those of the pool. A time limit is that of the whole sequence.</param>
    /// <param name="cancellation">Cancels the call, as leaving the enumeration early does: the token of the function fires, and its task is ended.</param>
    /// <returns>
    /// The items, in their order. An exception of the function is thrown after the items that came before it; so is <see cref="WorkerDiedException"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed; thrown by the enumeration, as are the failures of Apply.</exception>
    /// <remarks>The items come through a queue of this process, so the workers must be processes of this machine.</remarks>
    /// <example>
    /// <code>
    /// await foreach (var page in pool.Stream(static (url, token) => Crawler.PagesAsync(url, token), "https://example.com"))
    /// {
    ///     Console.WriteLine(page.Title);
    /// }
    /// </code>
    /// </example>
    public IAsyncEnumerable<TResult> Stream<TInput, TResult>(
        Func<TInput, CancellationToken, IAsyncEnumerable<TResult>> function, TInput input, int buffer = 64, TaskOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(buffer);
        options?.Validate();
        return StreamParts(function, input, buffer, options, cancellation);
    }

    /// <inheritdoc cref="Stream{TInput, TResult}(Func{TInput, CancellationToken, IAsyncEnumerable{TResult}}, TInput, int, TaskOptions, CancellationToken)"/>
    public IAsyncEnumerable<TResult> Stream<TInput, TResult>(
        Func<TInput, IAsyncEnumerable<TResult>> function, TInput input, int buffer = 64, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        Stream<TInput, TResult>(new WithoutToken<TInput, TResult>(NotNull(function)).Call, input, buffer, options, cancellation);

    private async IAsyncEnumerable<TResult> StreamParts<TInput, TResult>(
        Func<TInput, CancellationToken, IAsyncEnumerable<TResult>> function, TInput input, int buffer, TaskOptions? options, CancellationToken cancellation,
        [EnumeratorCancellation] CancellationToken enumeration = default)
    {
        cancellation.ThrowIfCancellationRequested();
        enumeration.ThrowIfCancellationRequested();
        using var parts = OwnObjects.Factory.Queue<StreamPart<TResult>>(buffer);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, enumeration);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var running = ApplyLater(new StreamJob<TInput, TResult>(function, parts), input, null, null, options, stop.Token).AsTask();
        var watching = CancelIfFailed(running, failed);
        try
        {
            while (await NextPart(parts, failed.Token).ConfigureAwait(false) is { } part)
            {
                if (part.IsEnd)
                {
                    yield break;
                }

                yield return part.Item!;
            }

            // It failed. What it made before that is there.
            cancellation.ThrowIfCancellationRequested();
            enumeration.ThrowIfCancellationRequested();
            while (parts.TryGet(out var part))
            {
                if (!part.IsEnd)
                {
                    yield return part.Item!;
                }
            }

            await running.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    private static async ValueTask<StreamPart<TResult>?> NextPart<TResult>(SharedQueue<StreamPart<TResult>> parts, CancellationToken failed)
    {
        try
        {
            return await parts.GetAsync(cancellation: failed).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task CancelIfFailed(Task running, CancellationTokenSource failed)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!running.IsCompletedSuccessfully)
        {
            await failed.CancelAsync().ConfigureAwait(false);
        }
    }
}
