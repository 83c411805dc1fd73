using System.Runtime.CompilerServices;
using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Imap: results while the inputs are still being read.</content>
public sealed partial class ProcessPool
{
    /// <summary>Runs a function over inputs and yields the results in the order of the inputs, while the inputs are still being read.</summary>
    /// <typeparam name="TInput">The type of the function's input; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in the workers; values that a lambda captures are sent along.</param>
    /// <param name="inputs">The inputs, read while results are taken, so they may be endless; see <see cref="PoolOptions.MaxInFlight"/>.</param>
    /// <param name="chunkSize">The number of tasks in a chunk, which is sent to a worker in one message; default 1.</param>
    /// <param name="progress">Receives the progress of the job from time to time, on a thread pool thread.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: tasks that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The results. The exception of a task is thrown by the step that reaches it; enumeration can continue after it.</returns>
    /// <exception cref="SerializationException">The function cannot be sent.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The chunk size is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new FunctionJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, CancellationToken, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new FunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(-1)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, TResult> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new FunctionJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(-1)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, CancellationToken, TResult> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new FunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <summary>Runs a function over inputs and yields the results as they arrive, in any order, while the inputs are still being read.</summary>
    /// <typeparam name="TInput">The type of the function's input; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in the workers; values that a lambda captures are sent along.</param>
    /// <param name="inputs">The inputs, read while results are taken, so they may be endless; see <see cref="PoolOptions.MaxInFlight"/>.</param>
    /// <param name="chunkSize">The number of tasks in a chunk, which is sent to a worker in one message; default 1.</param>
    /// <param name="progress">Receives the progress of the job from time to time, on a thread pool thread.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">
    /// Cancels the call: tasks that have not begun are dropped, running ones are ended; see <see cref="PoolOptions.StopGrace"/>.
    /// </param>
    /// <returns>The results. The exception of a task is thrown by the step that reaches it; enumeration can continue after it.</returns>
    /// <exception cref="SerializationException">The function cannot be sent.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The chunk size is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new FunctionJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, CancellationToken, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new FunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    [OverloadResolutionPriority(-1)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, TResult> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new FunctionJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    [OverloadResolutionPriority(-1)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, CancellationToken, TResult> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new FunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    private PoolResults<TResult> StartImap<TInput, TResult>(
        JobWork<TInput, TResult> work, IEnumerable<TInput> inputs, ImapCall call, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        RequireChunkSize(call.ChunkSize);
        if (IsOver(call.Options, cancellation))
        {
            return new PoolResults<TResult>(new OverBeforeBegun<TResult>(cancellation));
        }

        var job = MakeImap(work, call, inputs.TryGetNonEnumeratedCount(out int count) ? count : null);
        IResultSource<TResult> feed = inputs is ICollection<TInput> or IReadOnlyCollection<TInput>
            ? new ImapFeed<TInput, TResult>(job, inputs.GetEnumerator(), InFlight(call), _pool.Tell)
            : new LazyImapFeed<TInput, TResult>(job, inputs, InFlight(call), _pool.Tell);
        return BeginImap(job, feed, call, cancellation);
    }

    private PoolResults<TResult> StartImap<TInput, TResult>(
        JobWork<TInput, TResult> work, IAsyncEnumerable<TInput> inputs, ImapCall call, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        RequireChunkSize(call.ChunkSize);
        if (IsOver(call.Options, cancellation))
        {
            return new PoolResults<TResult>(new OverBeforeBegun<TResult>(cancellation));
        }

        var job = MakeImap(work, call);
        return BeginImap(job, new AsyncImapFeed<TInput, TResult>(job, inputs, InFlight(call), _pool.Tell), call, cancellation);
    }

    private ImapJob<TInput, TResult> MakeImap<TInput, TResult>(JobWork<TInput, TResult> work, ImapCall call, long? total = null)
    {
        var definition = Serializer.Pack<JobWork>(work);
        var settings = Settings("multiproc.pool.imap", work, call.Progress, call.Options);
        return new ImapJob<TInput, TResult>(_pool.NextJob(), work.TakesToken, definition, call.Ordered, settings) { KnownTotal = total };
    }

    private PoolResults<TResult> BeginImap<TInput, TResult>(
        ImapJob<TInput, TResult> job, IResultSource<TResult> feed, ImapCall call, CancellationToken cancellation)
    {
        _pool.Submit(job, 0, call.ChunkSize, ended: false);
        job.CancelWith(cancellation, () => _pool.Tell(new PoolCommand.Cancel(job.Id, Stop: true)));
        return new PoolResults<TResult>(feed);
    }

    private static void RequireChunkSize(int chunkSize) => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkSize);

    private int InFlight(ImapCall call) => Math.Max(_pool.Options.MaxInFlight, call.ChunkSize);

    private readonly record struct ImapCall(bool Ordered, int ChunkSize, IProgress<PoolProgress>? Progress, TaskOptions? Options);
}
