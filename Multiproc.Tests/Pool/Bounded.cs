namespace Multiproc.Tests.Pool;

/// <summary>Calls that have no timeout of their own: a hang fails the test by name and does not hold up the others.</summary>
internal static class Bounded
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(60);

    public static T Run<T>(string what, Func<T> call)
    {
        var running = Task.Run(call);
        Wait(what, running);
        return running.GetAwaiter().GetResult();
    }

    public static void Run(string what, Action call)
    {
        var running = Task.Run(call);
        Wait(what, running);
        running.GetAwaiter().GetResult();
    }

    /// <summary>What the call throws.</summary>
    public static T Throws<T>(string what, Action call)
        where T : Exception
    {
        var running = Task.Run(call);
        Wait(what, running);
        return Should.Throw<T>(running.GetAwaiter().GetResult);
    }

    /// <summary>Map with a bound. A method of its own, so that the pool is not in one closure with what a test's function captures.</summary>
    public static TResult[] MapWithin<TInput, TResult>(
        this ProcessPool pool, Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null) =>
        Run("Map", () => pool.Map(function, inputs, chunkSize));

    /// <summary>What a Map throws.</summary>
    public static Exception MapFailure<TInput, TResult>(
        this ProcessPool pool, Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null) =>
        Throws<Exception>("Map", () => pool.Map(function, inputs, chunkSize));

    /// <summary>What a task gives, with a bound.</summary>
    public static T Within<T>(this Task<T> running, string what)
    {
        Wait(what, running);
        return running.GetAwaiter().GetResult();
    }

    /// <summary>What a call of a pool gives, with a bound.</summary>
    public static T Within<T>(this AsyncResult<T> running, string what) => running.AsTask().Within(what);

    private static void Wait(string what, Task running)
    {
        if (Task.WaitAny([running], Time) < 0)
        {
            throw new TimeoutException($"Waited {Time.TotalSeconds:0} s in vain for this: {what}.");
        }
    }
}
