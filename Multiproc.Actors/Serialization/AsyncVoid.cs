using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization;

/// <summary>
/// Refuses asynchronous methods that give no task. Nobody can wait for one: it returns at its first await, long before it is done, and what it throws after that ends the
/// process. The compiler makes one of an async lambda wherever an <see cref="Action"/> is wanted.
/// </summary>
internal static class AsyncVoid
{
    /// <summary>Looking for the attribute takes microseconds, and a pool may be given the same action for each of its tasks.</summary>
    private static readonly ConcurrentDictionary<MethodInfo, bool> s_known = [];

    /// <summary>The delegate, when it can be waited for.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    /// <exception cref="ArgumentException">It is asynchronous and gives no task.</exception>
    public static T Refused<T>(T target, [CallerArgumentExpression(nameof(target))] string? name = null)
        where T : Delegate
    {
        ArgumentNullException.ThrowIfNull(target, name);
        return RefusedIfAny(target, name)!;
    }

    /// <summary>As <see cref="Refused"/>, where there may be none.</summary>
    /// <exception cref="ArgumentException">It is asynchronous and gives no task.</exception>
    public static T? RefusedIfAny<T>(T? target, [CallerArgumentExpression(nameof(target))] string? name = null)
        where T : Delegate
    {
        if (target is not null)
        {
            if (target.HasSingleTarget)
            {
                Check(target, name);
            }
            else
            {
                foreach (var each in target.GetInvocationList())
                {
                    Check(each, name);
                }
            }
        }

        return target;
    }

    /// <summary>Refuses a function that gives a task where what it gives is taken at once.</summary>
    /// <exception cref="ArgumentException">It gives a task.</exception>
    public static void RefuseTask<TResult>(string instead, string name)
    {
        if (typeof(Task).IsAssignableFrom(typeof(TResult)) || typeof(TResult) == typeof(ValueTask))
        {
            throw new ArgumentException($"The function gives a {typeof(TResult).Name}, for which nobody would wait: use {instead}.", name);
        }
    }

    public static bool Is(Delegate target) => Is(target.Method);

    public static bool Is(MethodInfo method) =>
        method.ReturnType == typeof(void) && s_known.GetOrAdd(method, static each => each.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false));

    private static void Check(Delegate target, string? name)
    {
        if (Is(target))
        {
            throw new ArgumentException(
                $"{target.Method.Name} is an async lambda or method that gives no Task: it would return at its first await, before it is done, and what it throws later would end the process. "
                + "Where there is an overload that takes a Func<Task>, write (Func<Task>)(async () => ...) or a method that returns Task; elsewhere wait in it: () => WorkAsync().GetAwaiter().GetResult().",
                name);
        }
    }
}
