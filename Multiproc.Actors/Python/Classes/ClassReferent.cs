using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Multiproc.Python.Referents;
using Multiproc.Python.Values;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Classes;

/// <summary>An object of a registered C# class. Its calls run one after the other, unless the class was registered as concurrent.</summary>
internal sealed class ClassReferent : Referent, IDisposable
{
    /// <summary>The turn of each object, whatever proxies there were of it.</summary>
    private static readonly ConditionalWeakTable<object, SemaphoreSlim> s_turns = [];

    private readonly ClassShape _shape;
    private readonly ClassTable _classes;
    private readonly object _target;
    private readonly bool _owns;

    /// <param name="shape">Its methods.</param>
    /// <param name="classes">The classes that its results may be objects of.</param>
    /// <param name="target">The object.</param>
    /// <param name="owns">Whether it ends with its last proxy: it was made for Python, and was not the result of a method.</param>
    public ClassReferent(ClassShape shape, ClassTable classes, object target, bool owns) => (_shape, _classes, _target, _owns) = (shape, classes, target, owns);

    public override string TypeId => _shape.Plan.TypeId;

    public override IReadOnlyList<string> Exposed => _shape.Exposed;

    public override string Text => _target.ToString() ?? $"<{TypeId}>";

    public override object Identity => _target;

    public override object? Call(Arguments given, IClient client)
    {
        if (_shape.Plan.Concurrent)
        {
            return Called(given, client);
        }

        var turn = s_turns.GetValue(_target, static _ => new SemaphoreSlim(1, 1));
        client.Wait(token =>
        {
            turn.Wait(token);
            return true;
        });
        try
        {
            return Called(given, client);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        switch (_owns ? _target : null)
        {
            case IDisposable disposable:
                disposable.Dispose();
                break;
            case IAsyncDisposable disposable:
                disposable.DisposeAsync().AsTask().GetAwaiter().GetResult();
                break;
        }
    }

    private object? Called(Arguments given, IClient client)
    {
        object? result = client.Wait(token =>
        {
            var (method, arguments) = new CallBinding(_classes.ObjectOf, token).Bind(_shape.Overloads(given.Method), given);
            return Awaited(method.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, arguments, null), token);
        });
        return result is null ? null
            : _shape.TypeIdOf(given.Method) is { } typeId ? _classes.Adopt(typeId, result)
            : _classes.TryAdopt(result) ?? Plain(result);
    }

    private static object? Awaited(object? result, CancellationToken token)
    {
        if (result is ValueTask bare)
        {
            bare.AsTask().WaitAsync(token).GetAwaiter().GetResult();
            return null;
        }

        if (result is not null and not Task && result.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
        {
            result = type.GetMethod(nameof(ValueTask<int>.AsTask))!.Invoke(result, null);
        }

        if (result is not Task task)
        {
            return result;
        }

        task.WaitAsync(token).GetAwaiter().GetResult();
        return task.GetType().GetProperty(nameof(Task<int>.Result)) is { } property && property.PropertyType.Name != "VoidTaskResult"
            ? property.GetValue(task)
            : null;
    }

    /// <summary>A sequence that is no collection is sent as a list.</summary>
    private static object Plain(object result) =>
        result is IEnumerable sequence and not string && CollectionKinds.Of(result.GetType()) == CollectionKind.None
            ? sequence.Cast<object?>().ToList()
            : result;
}
