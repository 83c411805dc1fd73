using System.Reflection;

namespace Multiproc.Managers;

/// <summary>
/// The exposed methods of a user's object, by name and by name with parameter types. No other method can be called, even by an attacker
/// who knows the key.
/// </summary>
internal sealed class ExposedMethods
{
    private readonly Dictionary<string, List<ExposedMethod>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ExposedMethod> _byKey = new(StringComparer.Ordinal);

    public ExposedMethods(Type type, Type? @interface, IReadOnlyCollection<string>? exposed)
    {
        if (@interface is not null)
        {
            foreach (var level in @interface.GetInterfaces().Prepend(@interface))
            {
                Add(level.GetMethods(BindingFlags.Public | BindingFlags.Instance), exposed);
            }
        }
        else
        {
            // Listed names may be private, as in Python; the default is all public methods except those of System.Object.
            var flags = BindingFlags.Instance | BindingFlags.Public | (exposed is null ? BindingFlags.Default : BindingFlags.NonPublic);
            Add(type.GetMethods(flags).Where(method => exposed is not null || (method.DeclaringType != typeof(object) && method.Name[0] != '_')), exposed);
        }
    }

    public bool Has(string name) => _byName.ContainsKey(name);

    /// <exception cref="MissingMethodException">No such method is exposed.</exception>
    public ExposedMethod Find(string name, object?[] arguments)
    {
        if (_byKey.TryGetValue(name, out var exact))
        {
            return exact;
        }

        var fitting = _byName.GetValueOrDefault(name, []).Where(method => method.Fits(arguments)).ToList();
        return fitting.Count switch
        {
            1 => fitting[0],
            0 when _byName.ContainsKey(name) =>
                throw new MissingMethodException($"Method '{name}' is exposed, but not with these {arguments.Length} arguments."),
            0 =>
                throw new MissingMethodException(
                    $"Method '{name}' is not exposed. Exposed are: {string.Join(", ", _byName.Keys.Order(StringComparer.Ordinal))}."),
            _ => fitting.Find(method => method.FitsExactly(arguments)) ?? fitting[0],
        };
    }

    private void Add(IEnumerable<MethodInfo> methods, IReadOnlyCollection<string>? exposed)
    {
        foreach (var method in methods)
        {
            if ((exposed is not null && !exposed.Contains(method.Name)) || method.ContainsGenericParameters
                    || method.GetParameters().Any(static parameter => parameter.ParameterType.IsByRef))
            {
                continue;
            }

            if (!_byName.TryGetValue(method.Name, out var same))
            {
                _byName.Add(method.Name, same = []);
            }

            var known = new ExposedMethod(method);
            same.Add(known);
            _byKey.TryAdd(known.Key, known);
        }
    }
}
