using System.Reflection;

namespace Multiproc.Managers;

/// <summary>Tasks of types that are known only at run time: what they end with, and how to make one.</summary>
internal static class TaskResults
{
    private static readonly MethodInfo s_task = Own(nameof(TaskOf));
    private static readonly MethodInfo s_valueTask = Own(nameof(ValueTaskOf));

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

    /// <summary>What a method of this return type gives for a call that is under way; null when it is not awaitable.</summary>
    public static object? Awaitable(Type type, Func<ValueTask<object?>> call)
    {
        if (type == typeof(Task))
        {
            return call().AsTask();
        }

        if (type == typeof(ValueTask))
        {
            return new ValueTask(call().AsTask());
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        var shape = type.GetGenericTypeDefinition();
        return shape == typeof(Task<>) ? s_task.MakeGenericMethod(type.GenericTypeArguments).Invoke(null, [call])
            : shape == typeof(ValueTask<>) ? s_valueTask.MakeGenericMethod(type.GenericTypeArguments).Invoke(null, [call])
            : null;
    }

    public static bool IsAwaitable(Type type) => type == typeof(Task) || type == typeof(ValueTask)
        || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)));

    private static object? ResultOf(Task task)
    {
        var type = task.GetType();
        while (type is not null && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)))
        {
            type = type.BaseType;
        }

        // An async method without a result is a Task of a hidden type in the runtime.
        return type is null || !type.GenericTypeArguments[0].IsVisible && type.GenericTypeArguments[0].Assembly == typeof(Task).Assembly
            ? null
            : type.GetProperty(nameof(Task<int>.Result))!.GetValue(task);
    }

    private static async Task<T> TaskOf<T>(Func<ValueTask<object?>> call) => Converted<T>(await call().ConfigureAwait(false));

    private static async ValueTask<T> ValueTaskOf<T>(Func<ValueTask<object?>> call) => Converted<T>(await call().ConfigureAwait(false));

    private static T Converted<T>(object? result) => result is Proxy proxy and not T ? (T)proxy.As(typeof(T)) : (T)result!;

    private static MethodInfo Own(string name) => typeof(TaskResults).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;
}
