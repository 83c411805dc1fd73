namespace Multiproc.Serialization;

/// <summary>The state of reading one value: the objects and types read so far, and the depth.</summary>
internal sealed class ReadContext
{
    private readonly List<object?> _seen = [];
    private readonly List<Type> _types = [];
    private int _depth;
    private int _watched = -1;
    private Action<object>? _announced;
    private readonly List<int> _open = [];
    private HashSet<int>? _tangled;
    private List<Action>? _refills;
    private List<Action>? _last;

    /// <summary>The number of references to incomplete objects, whose hash code and order may still change.</summary>
    public int Tangles { get; private set; }

    /// <summary>Runs the actions deferred until all objects are complete: fills hashed collections, then calls IDeserializationCallback.</summary>
    public void Complete()
    {
        Run(ref _refills);
        Run(ref _last);
    }

    /// <summary>Defers adding items until they are complete.</summary>
    public void WhenWhole(Action fill) => (_refills ??= []).Add(fill);

    public void AtEnd(Action call) => (_last ??= []).Add(call);

    /// <summary>Begins to read the parts of an object; returns the value to pass to the matching end.</summary>
    public int Open(int id)
    {
        _open.Add(id);
        return Tangles;
    }

    public void Close(int id, int tanglesBefore)
    {
        _open.RemoveAt(_open.Count - 1);
        if (Tangles != tanglesBefore && _open.Count > 0)
        {
            (_tangled ??= []).Add(id);
        }
    }

    private static void Run(ref List<Action>? actions)
    {
        for (int i = 0; i < actions?.Count; i++)
        {
            actions[i]();
        }

        actions = null;
    }

    public void End()
    {
        _open.Clear();
        _tangled = null;
        _refills = null;
        _last = null;
        Tangles = 0;
        _seen.Clear();
        _types.Clear();
        _depth = 0;
        _watched = -1;
        _announced = null;
    }

    /// <summary>Assigns the number of an object that is about to be read.</summary>
    public int Reserve()
    {
        _seen.Add(null);
        return _seen.Count - 1;
    }

    /// <summary>Announces that an object exists; called before its parts are read if it can contain itself.</summary>
    public void Fulfil(int id, object value)
    {
        _seen[id] = value;
        if (id == _watched)
        {
            _watched = -1;
            _announced!(value);
        }
    }

    /// <summary>Registers how to announce a delegate, which exists as soon as its target does. A later call replaces an earlier one.</summary>
    public void WhenFulfilled(int id, Action<object> announced)
    {
        _watched = id;
        _announced = announced;
    }

    public object Earlier(ulong id)
    {
        if (id >= (ulong)_seen.Count || _seen[(int)id] is not { } value)
        {
            throw new SerializationException($"Malformed value: it refers to object {id} of {_seen.Count}, which is not there (yet).");
        }

        if (_open.Contains((int)id) || _tangled?.Contains((int)id) == true)
        {
            Tangles++;
        }

        return value;
    }

    /// <summary>Reads the type of an object or a method, which must not be an open generic type.</summary>
    public Type Type(ref WireReader reader) => TypeOrShape(ref reader) is { ContainsGenericParameters: false } type
        ? type
        : throw new SerializationException("Malformed value: a generic type came without its arguments.");

    /// <summary>Reads a type as a value, which may be an open generic type such as List&lt;&gt;.</summary>
    public Type TypeOrShape(ref WireReader reader)
    {
        ulong number = reader.VarUInt();
        if (number > 0)
        {
            return number <= (ulong)_types.Count
                ? _types[(int)number - 1]
                : throw new SerializationException($"Malformed value: it refers to type {number} of {_types.Count}.");
        }

        var type = TypeResolver.Read(ref reader);
        _types.Add(type);
        return type;
    }

    public void Enter()
    {
        if (++_depth > WriteContext.MaxDepth)
        {
            throw new SerializationException($"Malformed value: nested deeper than {WriteContext.MaxDepth} levels.");
        }

        if (WriteContext.IsStackShort(_depth))
        {
            throw new SerializationException("A value is nested too deep for the stack of this thread: receive it on a thread with a larger one.");
        }
    }

    public void Leave() => _depth--;
}
