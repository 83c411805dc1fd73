using System.Collections.Concurrent;
using System.Reflection;

namespace Multiproc.Managers;

/// <summary>An interface method with the facts that proxies need at each call: looked up once, since reflection allocates its results anew.</summary>
internal sealed class ProxyMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, ProxyMethod> s_known = [];

    private readonly string? _refusal;
    private readonly int _token;

    private ProxyMethod(MethodInfo method)
    {
        var types = Array.ConvertAll(method.GetParameters(), static each => each.ParameterType);
        _refusal = method.IsGenericMethod || Array.Exists(types, static type => type.IsByRef)
            ? $"{method.DeclaringType}.{method.Name} cannot be called through a proxy: it is generic, or has a parameter by reference."
            : null;
        _token = Array.IndexOf(types, typeof(CancellationToken));
        Key = ExposedMethod.KeyOf(method.Name, types);
        ReturnType = method.ReturnType;
        IsDispose = method.DeclaringType == typeof(IDisposable);
        IsIdempotent = method.IsDefined(typeof(IdempotentAttribute), inherit: true);
        Awaitable = TaskResults.AwaitableOf(method.ReturnType);
        Event = EventAccessors.Of(method);
    }

    /// <summary>The name with the types of the parameters.</summary>
    public string Key { get; }

    public Type ReturnType { get; }

    public bool IsDispose { get; }

    /// <summary>Whether a call with an unknown outcome may be retried.</summary>
    public bool IsIdempotent { get; }

    /// <summary>Turns a pending call into a task of the method's return type; null if that is not awaitable.</summary>
    public Func<Func<ValueTask<object?>>, object>? Awaitable { get; }

    public EventAccessor Event { get; }

    /// <exception cref="NotSupportedException">The method cannot be called through a proxy.</exception>
    public static ProxyMethod Of(MethodInfo method)
    {
        var known = s_known.GetOrAdd(method, static each => new ProxyMethod(each));
        return known._refusal is null ? known : throw new NotSupportedException(known._refusal);
    }

    public CancellationToken TokenOf(object?[] arguments) => _token < 0 ? default : (CancellationToken)arguments[_token]!;
}
