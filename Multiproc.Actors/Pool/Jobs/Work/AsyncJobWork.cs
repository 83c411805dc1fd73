using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>Work whose function gives a task: a worker can run several of them at a time.</summary>
internal interface IAsyncWork
{
    /// <summary>Runs one task without blocking the calling thread. Exceptions of the user's function are thrown by the returned task.</summary>
    /// <param name="input">The bytes of the input.</param>
    /// <param name="output">Receives the result.</param>
    /// <param name="token">Cancelled when the result is not needed any more.</param>
    /// <param name="clock">Called when the input has been read and when the function has run.</param>
    Task RunAsync(ReadOnlyMemory<byte> input, WireWriter output, CancellationToken token, ITaskClock? clock);
}

/// <summary>An asynchronous function. In a chunk its tasks run one after the other, as those of other functions do: the worker waits for each.</summary>
internal abstract class AsyncJobWork<TInput, TResult> : JobWork<TInput, TResult>, IAsyncWork
{
    public async Task RunAsync(ReadOnlyMemory<byte> input, WireWriter output, CancellationToken token, ITaskClock? clock)
    {
        var argument = Read(input.Span);
        clock?.InputRead();
        var result = await Start(argument, token).ConfigureAwait(false);
        clock?.FunctionDone();
        Serializer.Serialize(output, result);
    }

    protected sealed override TResult Call(TInput input, CancellationToken token)
    {
        var running = Start(input, token);
        return running.IsCompletedSuccessfully ? running.Result : running.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Calls the function.</summary>
    protected abstract ValueTask<TResult> Start(TInput input, CancellationToken token);

    /// <summary>What <see cref="Start"/> makes of a task without a result.</summary>
    protected static async ValueTask<object?> Done(Task task)
    {
        await NotNull(task).ConfigureAwait(false);
        return null;
    }

    /// <exception cref="InvalidOperationException">The function returned null in place of a task.</exception>
    protected static T NotNull<T>(T? task)
        where T : Task => task ?? throw new InvalidOperationException("The asynchronous function of the task returned null in place of a Task.");

    private static TInput Read(ReadOnlySpan<byte> input)
    {
        var reader = new WireReader(input);
        return Serializer.Deserialize<TInput>(ref reader);
    }
}
