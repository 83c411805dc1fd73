namespace Multiproc.Python.Types;

/// <summary>
/// Replaces instances of mapped classes inside of a value. Lists, dicts and sets stay the objects that they are; tuples and frozen sets are made anew when a
/// part of them was replaced. Instances of other classes are left as they came, with all that they hold.
/// </summary>
internal sealed class Instances(TypeMap types)
{
    private readonly Dictionary<object, object?> _done = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="SerializationException">An instance does not fit its type, or contains itself.</exception>
    public object? Of(object? value)
    {
        if (value is null or string or ValueType)
        {
            return value;
        }

        if (_done.TryGetValue(value, out object? known))
        {
            return known;
        }

        switch (value)
        {
            case List<object?> list:
                _done[list] = list;
                Fill(list);
                return list;
            case Dictionary<object, object?> dictionary:
                _done[dictionary] = dictionary;
                Fill(dictionary);
                return dictionary;
            case HashSet<object?> set:
                _done[set] = set;
                Fill(set);
                return set;
            case PyTuple or PyFrozenSet or PythonObject { IsInstance: true }:
                return Anew(value);
            default:
                return value;
        }
    }

    private object? Anew(object value)
    {
        if (!_open.Add(value))
        {
            // A circle through something that is never filled. One of plain values stays as it is.
            return value is PythonObject ? throw new SerializationException("An instance of a registered class contains itself, which no record can.") : value;
        }

        object? made = value switch
        {
            PyTuple tuple => Changed(tuple) is { } items ? new PyTuple(items, owned: true) : tuple,
            PyFrozenSet set => Changed(set) is { } items ? new PyFrozenSet(items) : set,
            _ => Built((PythonObject)value),
        };
        _open.Remove(value);
        _done[value] = made;
        return made;
    }

    /// <returns>The items, if one was replaced; otherwise null.</returns>
    private object?[]? Changed(IReadOnlyCollection<object?> items)
    {
        object?[] replaced = [.. items.Select(Of)];
        return replaced.Zip(items).Any(static each => !ReferenceEquals(each.First, each.Second)) ? replaced : null;
    }

    private object Built(PythonObject value) =>
        ClassOf(value) is { } type && types.Find(type.Module, type.Name) is { } mapping ? mapping.Read(value, Of) : value;

    /// <summary>The class of an instance: what is called, or what the helpers of Python's pickles are called with.</summary>
    private static PythonObject? ClassOf(PythonObject value) => (value.Constructor, value.Arguments) switch
    {
        ({ IsInstance: true, Module: "functools", Name: "partial", Arguments.Items: [PythonObject { IsInstance: false } type] }, _) => type,
        ({ IsInstance: false, Module: "builtins", Name: "getattr" }, { Items: [PythonObject { IsInstance: false } type, string] }) => type,
        ({ IsInstance: false, Module: "copyreg", Name: "_reconstructor" or "__newobj__" }, { Items: [PythonObject { IsInstance: false } type, ..] }) => type,
        ({ IsInstance: false } type, _) => type,
        _ => null,
    };

    private void Fill(List<object?> list)
    {
        for (int i = 0; i < list.Count; i++)
        {
            list[i] = Of(list[i]);
        }
    }

    private void Fill(Dictionary<object, object?> dictionary)
    {
        var entries = dictionary.ToList();
        bool sameKeys = true;
        for (int i = 0; i < entries.Count; i++)
        {
            var (key, item) = entries[i];
            object known = Of(key)!;
            sameKeys &= ReferenceEquals(known, key);
            entries[i] = new(known, Of(item));
        }

        if (!sameKeys)
        {
            dictionary.Clear();
        }

        foreach (var (key, item) in entries)
        {
            dictionary[key] = item;
        }
    }

    private void Fill(HashSet<object?> set)
    {
        if (Changed(set) is { } items)
        {
            set.Clear();
            set.UnionWith(items);
        }
    }
}
