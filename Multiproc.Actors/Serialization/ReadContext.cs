namespace Multiproc.Serialization;

/// <summary>One value on its way in: the objects and types that were read already, the depth.</summary>
internal sealed class ReadContext
{
    private readonly List<object?> _seen = [];
    private readonly List<Type> _types = [];
    private Dictionary<int, Func<object>>? _promises;
    private int _depth;

    public void End()
    {
        _promises?.Clear();
        _seen.Clear();
        _types.Clear();
        _depth = 0;
    }

    /// <summary>The number of an object that is about to be read.</summary>
    public int Reserve()
    {
        _seen.Add(null);
        return _seen.Count - 1;
    }

    /// <summary>The object exists from now on; called before its parts are read where it can contain itself.</summary>
    public void Fulfil(int id, object value) => _seen[id] = value;

    /// <summary>Says how to make an object that cannot be made before its parts are read, should one of the parts refer to it.</summary>
    public void Promise(int id, Func<object> make)
    {
        if (id >= 0)
        {
            (_promises ??= [])[id] = make;
        }
    }

    /// <summary>Takes the promise back; gives the object when it was made already.</summary>
    public object? Promised(int id) => id < 0 || _promises?.Remove(id) is true ? null : _seen[id];

    public object Earlier(ulong id)
    {
        if (id < (ulong)_seen.Count)
        {
            if (_seen[(int)id] is { } value)
            {
                return value;
            }

            if (_promises is not null && _promises.Remove((int)id, out var make))
            {
                _seen[(int)id] = value = make();
                return value;
            }
        }

        throw new SerializationException($"Malformed value: it refers to object {id} of {_seen.Count}, which is not there (yet).");
    }

    public Type Type(ref WireReader reader)
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
    }

    public void Leave() => _depth--;
}
