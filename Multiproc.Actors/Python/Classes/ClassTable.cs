using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using Multiproc.Python.Referents;
using Multiproc.Python.Server;
using Multiproc.Python.Values;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Classes;

/// <summary>The C# classes that Python programs make objects of, by the name that they are registered with on both sides.</summary>
internal sealed class ClassTable(Idents idents)
{
    private readonly ConcurrentDictionary<string, ClassShape> _all = new(StringComparer.Ordinal);

    public bool Has(string typeId) => _all.ContainsKey(typeId);

    /// <exception cref="ArgumentException">The name is taken, or a name in the plan is no method.</exception>
    public void Add(ClassPlan plan)
    {
        if (!_all.TryAdd(plan.TypeId, new ClassShape(plan)))
        {
            throw new ArgumentException($"A class '{plan.TypeId}' is registered already: choose another name.", nameof(plan));
        }
    }

    /// <summary>Makes an object with arguments of Python.</summary>
    /// <exception cref="PythonException">The arguments fit no constructor, or it threw.</exception>
    public ClassReferent Make(string typeId, Arguments given)
    {
        var shape = _all[typeId];
        var (constructor, arguments) = new CallBinding(ObjectOf, CancellationToken.None).Bind(shape.Plan.Type.GetConstructors(), given);
        try
        {
            return new ClassReferent(shape, this, constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null), owns: true);
        }
        catch (Exception failure)
        {
            var (_, _, told, _) = ExceptionMapping.ToPython(failure);
            throw new PythonException(told, ExceptionMapping.TypeNameOf(failure));
        }
    }

    /// <summary>Makes the result of a method an object of a type, as Python's <c>method_to_typeid</c> says.</summary>
    /// <exception cref="PythonException">The result is no object of that type.</exception>
    public Referent Adopt(string typeId, object result) =>
        _all.TryGetValue(typeId, out var shape) && shape.Plan.Type.IsInstanceOfType(result) ? new ClassReferent(shape, this, result, owns: false)
        : typeId == "Iterator" && result is IEnumerable sequence ? new SequenceIterator(sequence)
        : throw PythonErrors.Type($"a {result.GetType()} cannot be an object of the type '{typeId}'");

    /// <summary>Makes a result an object if its class is registered: such objects are shared, and not copied.</summary>
    public Referent? TryAdopt(object result) =>
        _all.Values.FirstOrDefault(each => each.Plan.Type == result.GetType()) is { } shape ? new ClassReferent(shape, this, result, owns: false) : null;

    /// <summary>The object of a proxy that came as an argument; null if it is none of this manager.</summary>
    public object? ObjectOf(object proxy) =>
        proxy is PythonObject { IsInstance: true, Module: "multiprocessing.managers", Name: "RebuildProxy", Arguments: { Count: > 1 } arguments }
            && ProxyPickles.IdentIn(arguments[1]) is { } ident
            ? idents.Find(ident)?.Referent.Identity
            : null;
}
