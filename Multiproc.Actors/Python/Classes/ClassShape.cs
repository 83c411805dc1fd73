using System.Reflection;
using Multiproc.Python.Types;

namespace Multiproc.Python.Classes;

/// <summary>
/// The methods of a registered class that Python may call: its public ones, each by its name and by that in Python's style, and its properties as
/// <c>get_…</c> and <c>set_…</c>.
/// </summary>
internal sealed class ClassShape
{
    private readonly Dictionary<string, MethodInfo[]> _methods;
    private readonly Dictionary<string, string> _typeIds = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A name in the plan is no method, or the class cannot be made.</exception>
    public ClassShape(ClassPlan plan)
    {
        Plan = plan;
        var all = plan.Type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(IsCallable).ToList();
        var wanted = plan.Exposed is { } exposed ? exposed.SelectMany(name => Named(all, name)).ToHashSet() : [.. all];
        _methods = all.Where(wanted.Contains)
            .SelectMany(static method => Names(method).Select(name => (Name: name, Method: method)))
            .GroupBy(static each => each.Name, static each => each.Method, StringComparer.Ordinal)
            .ToDictionary(static each => each.Key, static each => each.ToArray(), StringComparer.Ordinal);
        Exposed = [.. _methods.Keys.Order(StringComparer.Ordinal)];
        foreach (var (method, typeId) in plan.MethodToTypeId)
        {
            foreach (string name in Named(all, method).SelectMany(Names))
            {
                _typeIds[name] = typeId;
            }
        }
    }

    public ClassPlan Plan { get; }

    public IReadOnlyList<string> Exposed { get; }

    public IReadOnlyList<MethodInfo> Overloads(string name) => _methods[name];

    /// <summary>The type that the result of a method becomes an object of; null for a result that is sent as a value.</summary>
    public string? TypeIdOf(string method) => _typeIds.GetValueOrDefault(method);

    private static bool IsCallable(MethodInfo method) =>
        method.DeclaringType != typeof(object) && method.GetBaseDefinition().DeclaringType != typeof(object) && !method.IsGenericMethodDefinition
        && !method.Name.Contains('<', StringComparison.Ordinal) && method.Name is not ("Dispose" or "DisposeAsync" or "Deconstruct")
        && (!method.IsSpecialName || IsOfProperty(method))
        && !method.ReturnType.IsByRef && !method.ReturnType.IsByRefLike
        && !method.GetParameters().Any(static each => each.ParameterType.IsByRef || each.ParameterType.IsByRefLike || each.ParameterType.IsPointer);

    private static bool IsOfProperty(MethodInfo method) =>
        (method.Name.StartsWith("get_", StringComparison.Ordinal) && method.GetParameters().Length == 0)
        || (method.Name.StartsWith("set_", StringComparison.Ordinal) && method.GetParameters().Length == 1);

    private static IEnumerable<string> Names(MethodInfo method)
    {
        string inPython = method.IsSpecialName ? method.Name[..4] + MemberNames.InPython(method.Name[4..]).TrimEnd('_') : MemberNames.InPython(method.Name);
        return method.IsSpecialName ? [inPython] : new[] { MemberNames.Usable(method.Name), inPython }.Distinct();
    }

    private IEnumerable<MethodInfo> Named(List<MethodInfo> all, string name)
    {
        var found = all.Where(method => Names(method).Contains(name)).ToList();
        return found.Count > 0 ? found : throw new ArgumentException(
            $"'{name}' is no method of {Plan.Type} that Python can call: it must be public, not generic, and without ref, out and span parameters.");
    }
}
