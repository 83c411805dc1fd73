using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiproc.Tests.Specifications.Bounds;

/// <summary>Calls a bounded method of a subject with some timeout and token, and waits for what comes of it.</summary>
internal static class BoundedCall
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    /// <summary>What the method gives in the end, or throws. An asynchronous one must not throw a cancellation or a timeout at the call.</summary>
    public static object? Run(BoundedMethod method, Subject subject, TimeSpan? timeout, CancellationToken cancellation)
    {
        object? result = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = Ended(Call(method, subject, timeout, cancellation));
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
        }) { IsBackground = true };
        thread.Start();
        if (!thread.Join(s_bound))
        {
            throw new TimeoutException(
                $"Waited {s_bound.TotalSeconds:0} s in vain for the end of {method.Key} of {subject.Variant}, called with the timeout {timeout}.");
        }

        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        return result;
    }

    private static object? Call(BoundedMethod method, Subject subject, TimeSpan? timeout, CancellationToken cancellation)
    {
        subject.Before?.Invoke();
        if (SpanCalls.Find(method.Key) is { } direct)
        {
            return direct(subject, timeout, cancellation);
        }

        var closed = method.Closed();
        object?[] arguments = [.. closed.GetParameters().Select(each =>
            BoundedMethod.IsToken(each) ? cancellation
            : BoundedMethod.IsTimeout(each) ? each.ParameterType == typeof(TimeSpan) ? timeout ?? Timeout.InfiniteTimeSpan : timeout
            : subject.Arguments.TryGetValue(each.Name!, out object? own) ? own
            : each.HasDefaultValue ? DefaultOf(each)
            : Arguments.Of(each))];
        try
        {
            return closed.Invoke(closed.IsStatic ? null : subject.Instance, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        }
        catch (Exception thrown) when (thrown is OperationCanceledException or TimeoutException && IsAsynchronous(closed))
        {
            throw new InvalidOperationException($"{method.Key} threw at the call, not at the await: {thrown}", thrown);
        }
    }

    private static object? DefaultOf(ParameterInfo parameter) =>
        parameter.DefaultValue is null && parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null
            ? RuntimeHelpers.GetUninitializedObject(parameter.ParameterType)
            : parameter.DefaultValue;

    private static bool IsAsynchronous(MethodInfo method) =>
        method.ReturnType == typeof(ValueTask) || typeof(Task).IsAssignableFrom(method.ReturnType)
        || (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() is var open
            && (
                open == typeof(ValueTask<>) || open == typeof(AsyncResult<>) || open == typeof(PoolResults<>) || open == typeof(IAsyncEnumerable<>)
                    || open == typeof(IAsyncEnumerator<>)));

    private static object? Ended(object? result) => result switch
    {
        Task task => Ended(task),
        ValueTask task => Ended(task.AsTask()),
        IAsyncEnumerable<int> items => Ended(items.GetAsyncEnumerator().MoveNextAsync().AsTask()),
        IAsyncEnumerable<DeadLetter<int>> items => Ended(items.GetAsyncEnumerator().MoveNextAsync().AsTask()),
        IAsyncEnumerable<KeyValuePair<int, int>> items => Ended(items.GetAsyncEnumerator().MoveNextAsync().AsTask()),
        ConfiguredCancelableAsyncEnumerable<int> items => Ended(Task.Run(async () => await items.GetAsyncEnumerator().MoveNextAsync())),
        IAsyncEnumerator<int> items => Ended(items.MoveNextAsync().AsTask()),
        PoolResults<int> results => results.MoveNext(),
        null => null,
        _ when result.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() is var open && (
            open == typeof(ValueTask<>) || open == typeof(AsyncResult<>)) =>
            Ended((Task)type.GetMethod("AsTask")!.Invoke(result, null)!),
        _ => result,
    };

    private static object? Ended(Task task)
    {
        task.GetAwaiter().GetResult();
        return task.GetType().GetProperty("Result")?.GetValue(task);
    }
}
