using System.Collections.Concurrent;
using System.Reflection;

namespace Multiproc.Managers;

/// <summary>Reads the results of tasks of types known only at run time, and creates such tasks.</summary>
internal static class TaskResults
{
    private static readonly ConcurrentDictionary<Type, Func<Func<ValueTask<object?>>, object>?> s_makers = [];
    private static readonly MethodInfo s_task = Own(nameof(TaskOf));
    private static readonly MethodInfo s_valueTask = Own(nameof(ValueTaskOf));

    /// <summary>Whether a result is a task that must be awaited.</summary>
    public static bool IsTask(object? result) =>
        result is Task or ValueTask || (result?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    public static async Task<object?> Unwrap(object? result)
    {
        switch (result)
        {
            case Task task:
                await task.ConfigureAwait(false);
                return ResultOf(task);
            case ValueTask valueTask:
                await valueTask.ConfigureAwait(false);
                return null;
            case { } other when other.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ValueTask<>):
                var inner = (Task)type.GetMethod(nameof(ValueTask<int>.AsTask))!.Invoke(other, null)!;
                await inner.ConfigureAwait(false);
                return ResultOf(inner);
            default:
                return result;
        }
    }

    /// <summary>Returns a function that turns a pending call into a task of the return type; null if the type is not awaitable.</summary>
    public static Func<Func<ValueTask<object?>>, object>? AwaitableOf(Type type) => s_makers.GetOrAdd(type, static each => Maker(each));

    private static Func<Func<ValueTask<object?>>, object>? Maker(Type type)
    {
        if (type == typeof(Task))
        {
            return static call => call().AsTask();
        }

        if (type == typeof(ValueTask))
        {
            return static call => new ValueTask(call().AsTask());
        }

        var shape = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var maker = shape == typeof(Task<>) ? s_task : shape == typeof(ValueTask<>) ? s_valueTask : null;
        return maker?.MakeGenericMethod(type.GenericTypeArguments).CreateDelegate<Func<Func<ValueTask<object?>>, object>>();
    }

    private static object? ResultOf(Task task)
    {
        var type = task.GetType();
        while (type is not null && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)))
        {
            type = type.BaseType;
        }

        // The Task of an async method without a result has a result type that is internal to the runtime.
        return type is null || !type.GenericTypeArguments[0].IsVisible && type.GenericTypeArguments[0].Assembly == typeof(Task).Assembly
            ? null
            : type.GetProperty(nameof(Task<int>.Result))!.GetValue(task);
    }

    private static async Task<T> TaskOf<T>(Func<ValueTask<object?>> call) => Converted<T>(await call().ConfigureAwait(false));

    private static object ValueTaskOf<T>(Func<ValueTask<object?>> call) => new ValueTask<T>(TaskOf<T>(call));

    private static T Converted<T>(object? result) => result is Proxy proxy and not T ? (T)proxy.As(typeof(T)) : (T)result!;

    private static MethodInfo Own(string name) => typeof(TaskResults).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;
}
