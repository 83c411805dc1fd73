using System.Collections.Concurrent;

namespace Multiproc.Python.Types;

/// <summary>Which classes of Python are which types of C#. Only these are ever built from what a pickle names.</summary>
internal sealed class TypeMap
{
    private static readonly GuidMapping s_guid = new();

    private readonly ConcurrentDictionary<(string Module, string Name), PythonMapping> _byName = new() { [(s_guid.Module, s_guid.Name)] = s_guid };
    private readonly ConcurrentDictionary<Type, PythonMapping> _byType = new() { [s_guid.Type] = s_guid };

    /// <summary>The map without types of users.</summary>
    public static TypeMap Empty { get; } = new();

    /// <exception cref="ArgumentException">The class or the type is mapped already to another one.</exception>
    public void Add(PythonMapping mapping)
    {
        var ofName = _byName.GetOrAdd((mapping.Module, mapping.Name), mapping);
        var ofType = _byType.GetOrAdd(mapping.Type, mapping);
        if (ofName.Type != mapping.Type || (ofType.Module, ofType.Name) != (mapping.Module, mapping.Name))
        {
            throw new ArgumentException(
                $"{mapping.Module}.{mapping.Name} and {mapping.Type} cannot be mapped to each other: {ofName.Module}.{ofName.Name} is {ofName.Type}, and "
                    + $"{ofType.Type} is {ofType.Module}.{ofType.Name}.");
        }
    }

    public PythonMapping? Find(string module, string name) => _byName.GetValueOrDefault((module, name));

    public PythonMapping? Find(Type type) => _byType.GetValueOrDefault(type);
}
