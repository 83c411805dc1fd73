using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Multiproc.Managers;

/// <summary>Creates delegates of types known only at run time. Each type is compiled once.</summary>
internal static class CallbackDelegates
{
    private static readonly ConcurrentDictionary<Type, Func<Func<object?[], object?>, Delegate>> s_makers = [];
    private static readonly MethodInfo s_invoke = typeof(Func<object?[], object?>).GetMethod(nameof(Func<>.Invoke))!;

    /// <summary>Creates a delegate that passes its arguments to a function and returns its result, which must be of the delegate's return type.</summary>
    public static Delegate Make(Type type, Func<object?[], object?> call) => s_makers.GetOrAdd(type, Compile)(call);

    public static Type ReturnTypeOf(Type type) => InvokeOf(type).ReturnType;

    private static MethodInfo InvokeOf(Type type) => type.GetMethod("Invoke") ?? throw new ArgumentException($"{type} is no delegate that can be called.");

    private static Func<Func<object?[], object?>, Delegate> Compile(Type type)
    {
        var invoke = InvokeOf(type);
        var call = Expression.Parameter(typeof(Func<object?[], object?>));
        var parameters = Array.ConvertAll(invoke.GetParameters(), static each => Expression.Parameter(each.ParameterType, each.Name));
        Expression body = Expression.Call(
            call, s_invoke, Expression.NewArrayInit(typeof(object), parameters.Select(static each => Expression.Convert(each, typeof(object)))));
        if (invoke.ReturnType != typeof(void))
        {
            body = Expression.Convert(body, invoke.ReturnType);
        }

        return Expression.Lambda<Func<Func<object?[], object?>, Delegate>>(Expression.Lambda(type, body, parameters), call).Compile();
    }
}
