using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Types;

/// <summary>
/// Maps a class with named attributes, such as a dataclass, a named tuple or a class with slots, to a record, class or struct of C#. The values come from the
/// state in the pickle, which is compared by name, or from the arguments of the class in their order.
/// </summary>
internal sealed class RecordMapping(string module, string name, Type type, PythonForm form) : PythonMapping(module, name, type)
{
    private static readonly PythonObject s_partial = new("functools", "partial");

    private readonly RecordShape _shape = new(type);

    public override object Read(PythonObject value, Func<object?, object?> inner)
    {
        var values = new Dictionary<string, object?>(MemberNames.Comparer);
        AddArguments(value, values);
        AddState(value.State, values);
        foreach (string each in values.Keys.ToList())
        {
            values[each] = inner(values[each]);
        }

        object built;
        try
        {
            built = _shape.Build(values);
        }
        catch (PickleMisfit misfit)
        {
            throw Misfit(misfit.Told.TrimEnd('.'));
        }

        return values.Count == 0 ? built : throw Misfit($"it has '{values.Keys.First()}', and the type has no such member that can be set");
    }

    public override PythonObject Write(object value)
    {
        var members = _shape.Members;
        var named = new Dictionary<object, object?>(members.Count);
        foreach (var member in members)
        {
            named.Add(member.Python, member.Get(value));
        }

        if (form == PythonForm.Constructor)
        {
            // Only a class's own call takes arguments by name in every pickle protocol: partial(Class, **named)().
            var partial = new PythonObject(s_partial, new PyTuple(Class));
            partial.SetState(new PyTuple(Class, PyTuple.Empty, named, null));
            return new PythonObject(partial, PyTuple.Empty);
        }

        var made = new PythonObject(Class, PyTuple.Empty, isNew: true);
        made.SetState(form == PythonForm.Slots ? new PyTuple(null, named) : named);
        return made;
    }

    private void AddArguments(PythonObject value, Dictionary<string, object?> values)
    {
        if (value.Constructor is { IsInstance: true, State: PyTuple { Items: [_, PyTuple inOrder, var named, _] } })
        {
            // A partial of ours that no Python has made an instance of.
            AddInOrder(inOrder, values);
            AddNamed(named as Dictionary<object, object?>, values);
        }
        else if (value.Constructor is { Module: not "copyreg" })
        {
            AddInOrder(value.Arguments, values);
            AddNamed(value.Named, values);
        }
    }

    /// <summary>
    /// Reads a state: attributes by name; a pair of those and of slots by name, either of which may be None; or the fields in order, which is the state of
    /// dataclasses that are frozen and have slots.
    /// </summary>
    private void AddState(object? state, Dictionary<string, object?> values)
    {
        switch (state)
        {
            case null:
                break;
            case Dictionary<object, object?> attributes:
                AddNamed(attributes, values);
                break;
            case PyTuple { Items: [null or Dictionary<object, object?>, Dictionary<object, object?> slots] } pair:
                AddNamed(pair[0] as Dictionary<object, object?>, values);
                AddNamed(slots, values);
                break;
            case List<object?> fields:
                AddInOrder(fields, values);
                break;
            case PyTuple fields:
                AddInOrder(fields, values);
                break;
            default:
                throw Misfit($"its state is {PickleNames.Of(state)}, and has no names");
        }
    }

    private void AddInOrder(IReadOnlyList<object?> fields, Dictionary<string, object?> values)
    {
        if (fields.Count > _shape.Members.Count)
        {
            throw Misfit($"it has {fields.Count} fields, and the type {_shape.Members.Count} members");
        }

        for (int i = 0; i < fields.Count; i++)
        {
            values[_shape.Members[i].Python] = fields[i];
        }
    }

    private void AddNamed(Dictionary<object, object?>? named, Dictionary<string, object?> values)
    {
        foreach (var (key, value) in named ?? [])
        {
            values[key as string ?? throw Misfit("an attribute's name is no text")] = value;
        }
    }
}
