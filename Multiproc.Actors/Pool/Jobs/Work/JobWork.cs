using System.Runtime.CompilerServices;
using Multiproc.Pool.Workers;
using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>The function of a job in the form in which it is sent to workers.</summary>
internal abstract class JobWork : IEnvelopeOfWork
{
    /// <summary>Whether the function takes a cancellation token.</summary>
    public virtual bool TakesToken => false;

    /// <summary>Runs one task. Exceptions of the user's function are thrown to the caller.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">Receives the result.</param>
    /// <param name="token">Cancelled when the result is not needed any more.</param>
    /// <param name="clock">Called when the input has been read and when the function has run.</param>
    public abstract void Run(ref WireReader input, WireWriter output, CancellationToken token, ITaskClock? clock);

    /// <summary>Runs the tasks of a chunk that are not watched one by one. An exception of the user's function is the result of its task.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="packed">Whether they are <see cref="Packed{T}"/>.</param>
    /// <param name="run">Knows the number of tasks and collects their results.</param>
    public abstract void RunMany(ref WireReader inputs, bool packed, ManyRun run);
}

/// <summary>Observes the stages of a task, if it is measured.</summary>
internal interface ITaskClock
{
    void InputRead();

    void FunctionDone();
}

internal abstract class JobWork<TInput, TResult> : JobWork
{
    public sealed override void Run(ref WireReader input, WireWriter output, CancellationToken token, ITaskClock? clock)
    {
        var argument = Serializer.Deserialize<TInput>(ref input);
        clock?.InputRead();
        var result = Call(argument, token);
        clock?.FunctionDone();
        Serializer.Serialize(output, result);
    }

    // Fully optimized at once, since it is called rarely and loops often.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public sealed override void RunMany(ref WireReader inputs, bool packed, ManyRun run)
    {
        bool packedResults = Packed<TResult>.Is;
        while (run.GoesOn)
        {
            try
            {
                var result = Call(packed ? Packed<TInput>.Read(ref inputs) : WorkerJob.ReadInput<TInput>(ref inputs), CancellationToken.None);
                if (packedResults)
                {
                    run.AddPacked(result);
                }
                else
                {
                    run.Add(result);
                }
            }
            catch (Exception failure)
            {
                run.Fail(failure);
            }
        }
    }

    protected abstract TResult Call(TInput input, CancellationToken token);
}

/// <summary>The input of a call without arguments.</summary>
internal readonly record struct Nothing;

internal sealed class ActionJob(Action target) : JobWork<Nothing, object?>
{
    protected override object? Call(Nothing input, CancellationToken token)
    {
        target();
        return null;
    }
}

internal sealed class ActionJob<T1>(Action<T1> target) : JobWork<T1, object?>
{
    protected override object? Call(T1 input, CancellationToken token)
    {
        target(input);
        return null;
    }
}

internal sealed class ActionJob<T1, T2>(Action<T1, T2> target) : JobWork<(T1, T2), object?>
{
    protected override object? Call((T1, T2) input, CancellationToken token)
    {
        target(input.Item1, input.Item2);
        return null;
    }
}

internal sealed class ActionJob<T1, T2, T3>(Action<T1, T2, T3> target) : JobWork<(T1, T2, T3), object?>
{
    protected override object? Call((T1, T2, T3) input, CancellationToken token)
    {
        target(input.Item1, input.Item2, input.Item3);
        return null;
    }
}

internal sealed class ActionJob<T1, T2, T3, T4>(Action<T1, T2, T3, T4> target) : JobWork<(T1, T2, T3, T4), object?>
{
    protected override object? Call((T1, T2, T3, T4) input, CancellationToken token)
    {
        target(input.Item1, input.Item2, input.Item3, input.Item4);
        return null;
    }
}

internal sealed class CallJob<TResult>(Func<TResult> target) : JobWork<Nothing, TResult>
{
    protected override TResult Call(Nothing input, CancellationToken token) => target();
}

internal sealed class CallTokenJob<TResult>(Func<CancellationToken, TResult> target) : JobWork<Nothing, TResult>
{
    public override bool TakesToken => true;

    protected override TResult Call(Nothing input, CancellationToken token) => target(token);
}

internal sealed class FunctionJob<TInput, TResult>(Func<TInput, TResult> target) : JobWork<TInput, TResult>
{
    protected override TResult Call(TInput input, CancellationToken token) => target(input);
}

internal sealed class FunctionTokenJob<TInput, TResult>(Func<TInput, CancellationToken, TResult> target) : JobWork<TInput, TResult>
{
    public override bool TakesToken => true;

    protected override TResult Call(TInput input, CancellationToken token) => target(input, token);
}

internal sealed class StarJob<T1, T2, TResult>(Func<T1, T2, TResult> target) : JobWork<(T1, T2), TResult>
{
    protected override TResult Call((T1, T2) input, CancellationToken token) => target(input.Item1, input.Item2);
}

internal sealed class StarJob<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> target) : JobWork<(T1, T2, T3), TResult>
{
    protected override TResult Call((T1, T2, T3) input, CancellationToken token) => target(input.Item1, input.Item2, input.Item3);
}

internal sealed class StarJob<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> target) : JobWork<(T1, T2, T3, T4), TResult>
{
    protected override TResult Call((T1, T2, T3, T4) input, CancellationToken token) => target(input.Item1, input.Item2, input.Item3, input.Item4);
}
