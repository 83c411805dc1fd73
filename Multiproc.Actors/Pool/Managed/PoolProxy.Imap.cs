using System.Runtime.CompilerServices;
using Multiproc.Pool.Managed;

namespace Multiproc;

/// <content>Imap over a pool in a manager.</content>
public sealed partial class PoolProxy
{
    /// <summary>Runs a function over inputs and yields the results in the order of the inputs, while the inputs are still being read.</summary>
    /// <typeparam name="TInput">The type of the function's input; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">The type of the function's result; anything that can be sent.</typeparam>
    /// <param name="function">The function, run in the workers; values that a lambda captures are sent along.</param>
    /// <param name="inputs">The inputs, read in this process while results are taken, so they may be endless. At most 64 chunks are pending.</param>
    /// <param name="chunkSize">The number of inputs in a chunk, which is sent to the manager in one message; default 1.</param>
    /// <param name="options">Settings of the tasks; null (the default) for those of the pool.</param>
    /// <param name="cancellation">Cancels the call: tasks that have not begun are dropped, running ones are ended.</param>
    /// <returns>The results. The exception of a task is thrown by the step that reaches it; enumeration can continue after it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The chunk size is less than 1.</exception>
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(Each(function, options), inputs, chunkSize, ordered: true, cancellation);

    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, Task<TResult>> function, IEnumerable<TInput> inputs, int chunkSize = 1, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        StartImap(Each(function, options), inputs, chunkSize, ordered: true, cancellation);

    /// <summary>Runs a function over inputs and yields the results as they arrive, in any order, while the inputs are still being read.</summary>
    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, TaskOptions, CancellationToken)"/>
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(Each(function, options), inputs, chunkSize, ordered: false, cancellation);

    /// <summary>Runs an asynchronous function over inputs and yields the results as they arrive, in any order, while the inputs are still being read.</summary>
    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, TaskOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, Task<TResult>> function, IEnumerable<TInput> inputs, int chunkSize = 1, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        StartImap(Each(function, options), inputs, chunkSize, ordered: false, cancellation);

    private static CallWithInput<TInput, TResult> Each<TInput, TResult>(Func<TInput, TResult> function, TaskOptions? options)
    {
        ArgumentNullException.ThrowIfNull(function);
        return (pool, input, cancellation) => pool.ApplyAsync(function, input, options: options, cancellation: cancellation);
    }

    private static CallWithInput<TInput, TResult> Each<TInput, TResult>(Func<TInput, Task<TResult>> function, TaskOptions? options)
    {
        ArgumentNullException.ThrowIfNull(function);
        return (pool, input, cancellation) => pool.ApplyAsync(function, input, options: options, cancellation: cancellation);
    }

    private PoolResults<TResult> StartImap<TInput, TResult>(
        CallWithInput<TInput, TResult> each, IEnumerable<TInput> inputs, int chunkSize, bool ordered, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkSize);
        return new PoolResults<TResult>(new ManagedImap<TInput, TResult>(
            async (chunk, stop) =>
                (PooledEnd<TResult>[])(await Run(new PooledInputs<TInput, TResult>(each, chunk), null, stop).ConfigureAwait(false))!,
            inputs.Chunk(chunkSize), ordered, cancellation));
    }
}
