using System.Collections.Concurrent;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Managers;

/// <summary>
/// Delegates and <see cref="IProgress{T}"/> arguments of a call, which run in the caller's process. For the duration of the call each is an
/// object of the caller's node; the other side receives a <see cref="Callback"/>.
/// </summary>
internal static class Callbacks
{
    private static readonly ConcurrentDictionary<Type, Type?> s_progress = [];

    /// <summary>Replaces the callbacks in a copy of the arguments; the objects must be removed when the call has ended.</summary>
    public static object?[] Send(object?[] arguments, ref List<long>? objects)
    {
        object?[] sent = arguments;
        for (int i = 0; i < arguments.Length; i++)
        {
            object? argument = arguments[i];
            object? replaced = argument switch
            {
                null or string => argument,
                CancellationToken => null,
                Delegate target => Make(AsyncVoid.Refused(target, "arguments"), null, out _, ref objects),
                _ when s_progress.GetOrAdd(argument.GetType(), ProgressOf) is { } progress => Make(argument, progress, out _, ref objects),
                _ => argument,
            };
            if (!ReferenceEquals(replaced, argument))
            {
                sent = ReferenceEquals(sent, arguments) ? [.. arguments] : sent;
                sent[i] = replaced;
            }
        }

        return sent;
    }

    public static Callback Make(object target, Type? progress, out long id, ref List<long>? objects)
    {
        var callback = Make(target, progress, out id);
        (objects ??= []).Add(id);
        return callback;
    }

    /// <summary>Creates a callback that lives until its object is removed.</summary>
    public static Callback Make(object target, Type? progress, out long id)
    {
        var methods = new ExposedMethods(target.GetType(), progress, progress is null ? ["Invoke"] : null);
        var runner = new ObjectRunner(target, methods, CallOrder.OneByOne, null, null);
        runner.Id = id = UserObjectActor.Start(Node.Current, "callback", runner);
        return new Callback(new ObjectHandle(Node.Current, id, null));
    }

    private static Type? ProgressOf(Type type) =>
        Array.Find(type.GetInterfaces(), static each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IProgress<>));
}
