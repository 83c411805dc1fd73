using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization;

/// <summary>
/// Rejects <c>async void</c> methods. Such a method cannot be awaited: it returns at its first await, long before it is done, and an exception after that ends
/// the process. The compiler makes one of an async lambda wherever an <see cref="Action"/> is expected.
/// </summary>
internal static class AsyncVoid
{
    /// <summary>Caches the results: looking for the attribute takes microseconds, and a pool may get the same action for each of its tasks.</summary>
    private static readonly ConcurrentDictionary<MethodInfo, bool> s_known = [];

    /// <summary>Returns the delegate unless it is <c>async void</c>.</summary>
    /// <exception cref="ArgumentNullException">The delegate is null.</exception>
    /// <exception cref="ArgumentException">The delegate is <c>async void</c>.</exception>
    public static T Refused<T>(T target, [CallerArgumentExpression(nameof(target))] string? name = null)
        where T : Delegate
    {
        ArgumentNullException.ThrowIfNull(target, name);
        return RefusedIfAny(target, name)!;
    }

    /// <summary>Returns the delegate, which may be null, unless it is <c>async void</c>.</summary>
    /// <exception cref="ArgumentException">The delegate is <c>async void</c>.</exception>
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

    /// <summary>Rejects a function that returns a task where its result is used synchronously.</summary>
    /// <exception cref="ArgumentException">The function returns a task.</exception>
    public static void RefuseTask<TResult>(string instead, string name)
    {
        if (typeof(Task).IsAssignableFrom(typeof(TResult)) || typeof(TResult) == typeof(ValueTask))
        {
            throw new ArgumentException($"The function returns a {typeof(TResult).Name}, which would not be awaited: use {instead}.", name);
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
                $"{target.Method.Name} is an async lambda or method that gives no Task: it would return at its first await, before it is done, and what it "
                    + "throws later would end the process. "
                + "Where there is an overload that takes a Func<Task>, write (Func<Task>)(async () => ...) or a method that returns Task; elsewhere wait in "
                    + "it: () => WorkAsync().GetAwaiter().GetResult().",
                name);
        }
    }
}
