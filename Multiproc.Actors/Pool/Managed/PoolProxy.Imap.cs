using Multiproc.Pool.Managed;

namespace Multiproc;

/// <content>Imap over a pool in a manager.</content>
public sealed partial class PoolProxy
{
    /// <summary>Runs a function over inputs and gives results in the order of the inputs, while they are still being read.</summary>
    /// <typeparam name="TInput">What the function takes; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">What it gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in the workers; a lambda's captured values are sent along.</param>
    /// <param name="inputs">Read here while results are taken, so it may be endless: at most 64 chunks are under way.</param>
    /// <param name="chunkSize">How many inputs go to the manager in one message; default 1.</param>
    /// <param name="options">What holds for its tasks.</param>
    /// <param name="cancellation">Gives up: tasks that have not begun are dropped, running ones are ended.</param>
    /// <returns>The results; a task's exception is thrown by the step that reaches it, and enumeration can go on.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A chunk size below 1.</exception>
    public PoolResults<TResult> Imap<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(function, inputs, chunkSize, ordered: true, options, cancellation);

    /// <summary>Runs a function over inputs and gives results as they come, in any order.</summary>
    /// <inheritdoc cref="Imap{TInput, TResult}(Func{TInput, TResult}, IEnumerable{TInput}, int, TaskOptions, CancellationToken)"/>
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        StartImap(function, inputs, chunkSize, ordered: false, options, cancellation);

    private PoolResults<TResult> StartImap<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize, bool ordered, TaskOptions? options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkSize);
        return new PoolResults<TResult>(new ManagedImap<TInput, TResult>(
            async (chunk, stop) => (PooledEnd<TResult>[])(await Run(new PooledInputs<TInput, TResult>(function, chunk, options), null, stop).ConfigureAwait(false))!,
            inputs.Chunk(chunkSize), ordered, cancellation));
    }
}
