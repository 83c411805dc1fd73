using System.Collections.Concurrent;
using System.Reflection;
using Multiproc.Nodes;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>Constructs users' objects in a manager, on threads of the thread pool since constructors are user code.</summary>
internal sealed class ObjectMaker(IReadOnlyDictionary<string, Registration> types)
{
    private static readonly ConcurrentDictionary<(Type Class, Type? Interface), string> s_asyncVoid = [];

    public void Begin(Caller caller, ManagerCommand.Construct construct) => _ = Task.Run(() =>
    {
        try
        {
            var type = Find(construct.TypeId);
            object made = Make(type, Serializer.Unpack<object?[]>(construct.Arguments));
            if (made is SharedObject shared)
            {
                Tell(new ManagerNotice.Finish(caller, CallReplies.Value(shared)));
                return;
            }

            Tell(new ManagerNotice.Adopt(caller, type.TypeId, Runner(type, made, owns: type.Class is not null), null));
        }
        catch (Exception failure)
        {
            // The caller receives the exception as text with the server's stack trace: a constructor's exception says nothing about the call.
            Tell(new ManagerNotice.Finish(caller, CallReplies.Refusal((failure as TargetInvocationException)?.InnerException ?? failure)));
        }
    });

    private static void Tell(ManagerNotice command) => Node.Current.DeliverLocal(default, ReferenceCommand.Keeper, command);

    private Registration Find(string typeId) => types.TryGetValue(typeId, out var type)
        ? type
        : throw new KeyNotFoundException($"No type '{typeId}' is registered. Registered are: {string.Join(", ", types.Keys.Order(StringComparer.Ordinal))}.");

    private static object Make(Registration type, object?[] arguments)
    {
        object? made = type switch
        {
            { Callable: { } callable } => callable.DynamicInvoke(ArgumentForm.Fill(callable.Method, arguments, CancellationToken.None)),
            { Class: { } @class } => Construct(@class, arguments),
            _ when arguments.Length == 1 => arguments[0],
            _ =>
                throw new ArgumentException(
                    $"'{type.TypeId}' was registered by name only: it is made of exactly one argument, which is the object itself; {arguments.Length} were "
                        + "given."),
        };
        return made ?? throw new InvalidOperationException($"The callable of '{type.TypeId}' returned null.");
    }

    private static object Construct(Type type, object?[] arguments)
    {
        var constructor = Array.Find(type.GetConstructors(), each => ArgumentForm.Fits(each.GetParameters(), arguments))
            ?? throw new MissingMethodException($"{type} has no public constructor for these {arguments.Length} arguments.");
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, ArgumentForm.Fill(constructor, arguments, CancellationToken.None), null);
    }

    private ObjectRunner Runner(Registration type, object target, bool owns)
    {
        if (s_asyncVoid.GetOrAdd((target.GetType(), type.Interface), static each => AsyncVoidOf(each.Class, each.Interface)) is { Length: > 0 } method)
        {
            throw new ArgumentException(
                $"{method} of {target.GetType()} is async and gives no Task: its caller would not wait for it, and what it throws later would end the "
                    + "manager. Let it return a Task.");
        }

        return new(target, new ExposedMethods(target.GetType(), type.Interface, type.Exposed), type.Order, type.MethodToTypeId, Share, owns);
    }

    /// <summary>Returns the name of the first callable method that is <c>async void</c>; "" if there is none.</summary>
    private static string AsyncVoidOf(Type type, Type? @interface)
    {
        var methods = @interface is null
            ? type.GetMethods(BindingFlags.Instance | BindingFlags.Public)
            : @interface.GetInterfaces().Prepend(@interface).Where(each => each.IsAssignableFrom(type)).SelectMany(each =>
                type.GetInterfaceMap(each).TargetMethods);
        return methods.FirstOrDefault(AsyncVoid.Is)?.Name ?? "";
    }

    /// <summary>Makes a result a shared object itself.</summary>
    private Task<Reply> Share(string typeId, object result, Caller caller)
    {
        var done = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        Tell(new ManagerNotice.Adopt(caller, typeId, Runner(Find(typeId), result, owns: false), reply => done.SetResult(reply)));
        return done.Task;
    }
}
