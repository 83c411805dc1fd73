using System.Linq.Expressions;
using System.Reflection;
using Multiproc.Objects;
using Multiproc.Objects.Calls;
using Multiproc.Serialization;

namespace Multiproc.Managers;

/// <summary>
/// Delegates and progress reports among the arguments of a call: they run in the caller's process. For the time of the call each is an
/// object of the caller's home; the other side gets a <see cref="Callback"/>.
/// </summary>
internal static class Callbacks
{
    private const string Method = "Invoke";

    /// <summary>Replaces them; the objects must be removed when the call has ended.</summary>
    public static object?[] Send(object?[] arguments, List<long> objects) => [.. arguments.Select(argument => argument switch
    {
        Delegate target => Make(target, typeof(Delegate), objects),
        not null when ProgressOf(argument.GetType()) is { } progress => Make(argument, progress, objects),
        CancellationToken => null,
        _ => argument,
    })];

    /// <summary>Makes what the method wants of what was sent.</summary>
    public static object?[] Revive(object?[] arguments, MethodInfo method)
    {
        var parameters = method.GetParameters();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is Callback callback)
            {
                arguments[i] = callback.As(parameters[i].ParameterType);
            }
        }

        return arguments;
    }

    private static Callback Make(object target, Type progress, List<long> objects)
    {
        var methods = progress == typeof(Delegate)
            ? new ExposedMethods(target.GetType(), null, [Method])
            : new ExposedMethods(target.GetType(), progress, null);
        var runner = new ObjectRunner(target, methods, concurrent: false, null, null);
        runner.Id = Home.Current.Create(CallKind.For("callback", () => runner), default, out _);
        objects.Add(runner.Id);
        return new Callback(new ObjectHandle(runner.Id, null));
    }

    private static Type? ProgressOf(Type type) => Array.Find(type.GetInterfaces(), static each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IProgress<>));
}

/// <summary>A delegate or a progress report of another process.</summary>
internal sealed class Callback(ObjectHandle handle) : ISelfCoded<Callback>
{
    private static readonly MethodInfo s_call = typeof(Callback).GetMethod(nameof(Call))!;

    private readonly RemoteObject _remote = new(handle, "callback");

    public object As(Type wanted)
    {
        if (typeof(Delegate).IsAssignableFrom(wanted))
        {
            return DelegateOf(wanted);
        }

        if (wanted.IsGenericType && wanted.GetGenericTypeDefinition() == typeof(IProgress<>))
        {
            return Activator.CreateInstance(typeof(Reporter<>).MakeGenericType(wanted.GenericTypeArguments), this)!;
        }

        throw new ArgumentException($"A callback stands where a {wanted} is due.");
    }

    public object? Call(object?[] arguments) => _remote.Call("Invoke", arguments);

    public static Callback ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));

    public void WriteTo(WireWriter writer) => handle.WriteTo(writer);

    private Delegate DelegateOf(Type type)
    {
        var invoke = type.GetMethod("Invoke") ?? throw new ArgumentException($"{type} is no delegate that can be called.");
        var parameters = Array.ConvertAll(invoke.GetParameters(), static each => Expression.Parameter(each.ParameterType, each.Name));
        var call = Expression.Call(
            Expression.Constant(this), s_call, Expression.NewArrayInit(typeof(object), parameters.Select(static each => Expression.Convert(each, typeof(object)))));
        Expression body = TaskResults.IsAwaitable(invoke.ReturnType)
            ? Expression.Convert(Expression.Call(Expression.Constant(this), nameof(CallAsync), null, Expression.Constant(invoke.ReturnType), call.Arguments[0]), invoke.ReturnType)
            : invoke.ReturnType == typeof(void) ? call : Expression.Convert(call, invoke.ReturnType);
        return Expression.Lambda(type, body, parameters).Compile();
    }

    private object? CallAsync(Type type, object?[] arguments) => TaskResults.Awaitable(type, () => _remote.CallAsync("Invoke", arguments, default));

    /// <summary>Reports are sent in order, and nobody waits for them.</summary>
    private sealed class Reporter<T>(Callback callback) : IProgress<T>
    {
        public void Report(T value) => callback._remote.Tell($"Report({typeof(T)})", [value]);
    }
}
