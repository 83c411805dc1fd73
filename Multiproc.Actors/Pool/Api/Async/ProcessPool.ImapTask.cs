using System.Runtime.CompilerServices;
using Multiproc.Pool;

namespace Multiproc;

/// <content>Imap of asynchronous functions.</content>
/// <remarks>
/// The priorities make an async lambda a function that gives a <see cref="Task{TResult}"/>, a method that gives a <see cref="ValueTask{TResult}"/> what it is,
/// and inputs that are both kinds of sequence the synchronous one.
/// </remarks>
public sealed partial class ProcessPool
{
    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(4)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, Task<TResult>> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new AsyncFunctionJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(3)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, Task<TResult>> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new AsyncFunctionJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(4)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, CancellationToken, Task<TResult>> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new AsyncFunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(3)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, CancellationToken, Task<TResult>> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new AsyncFunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, ValueTask<TResult>> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new ValueTaskJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(1)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, ValueTask<TResult>> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new ValueTaskJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, CancellationToken, ValueTask<TResult>> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new ValueTaskTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions, CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(1)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, CancellationToken, ValueTask<TResult>> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1,
        IProgress<PoolProgress>? progress = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new ValueTaskTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(true, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(4)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, Task<TResult>> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new AsyncFunctionJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(3)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, Task<TResult>> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new AsyncFunctionJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(4)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, CancellationToken, Task<TResult>> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new AsyncFunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(3)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, CancellationToken, Task<TResult>> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new AsyncFunctionTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, ValueTask<TResult>> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new ValueTaskJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(1)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, ValueTask<TResult>> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new ValueTaskJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(2)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, CancellationToken, ValueTask<TResult>> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new ValueTaskTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);

    /// <inheritdoc cref="ImapUnordered{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, IProgress{PoolProgress}, TaskOptions,
    /// CancellationToken)"/>
    /// <remarks>A worker runs the tasks one at a time, or as many as <see cref="PoolOptions.ConcurrentTasksPerWorker"/> says.</remarks>
    [OverloadResolutionPriority(1)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, CancellationToken, ValueTask<TResult>> function, IAsyncEnumerable<TInput> inputs, int chunkSize = 1,
        IProgress<PoolProgress>? progress = null, TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(new ValueTaskTokenJob<TInput, TResult>(NotNull(function)), inputs, new ImapCall(false, chunkSize, progress, options), cancellation);
}
