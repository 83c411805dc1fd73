namespace Multiproc.Serialization;

/// <summary>One value on its way out: the buffer, the objects and types that were written already, the depth.</summary>
internal sealed class WriteContext
{
    public const int MaxDepth = 256;

    private Dictionary<object, int>? _seen;
    private Dictionary<Type, int>? _types;
    private HashSet<object>? _open;
    private int _depth;

    public WireWriter Writer { get; private set; } = null!;

    public WriteContext Begin(WireWriter writer)
    {
        Writer = writer;
        return this;
    }

    public void End()
    {
        _seen?.Clear();
        _types?.Clear();
        _open?.Clear();
        _depth = 0;
        Writer = null!;
    }

    /// <summary>False when the object was written before; <paramref name="id"/> is its number in this message.</summary>
    public bool IsNew(object value, out int id)
    {
        _seen ??= new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        if (_seen.TryGetValue(value, out id))
        {
            return _open?.Contains(value) is not true
                ? false
                : throw new UnsendableException($"is the {TypeNames.Of(value.GetType())} that contains it: the other side could not build such a circle");
        }

        id = _seen.Count;
        _seen.Add(value, id);
        return true;
    }

    /// <summary>From now until it is closed this object must not be reached again: the reader can make it only after its parts.</summary>
    public void Open(object value) => (_open ??= new HashSet<object>(ReferenceEqualityComparer.Instance)).Add(value);

    public void Close(object value) => _open!.Remove(value);

    /// <summary>A type's name the first time, then its number.</summary>
    public void Type(Type type)
    {
        _types ??= [];
        if (_types.TryGetValue(type, out int number))
        {
            Writer.VarUInt((uint)number + 1);
            return;
        }

        _types.Add(type, _types.Count);
        Writer.VarUInt(0);
        TypeResolver.Write(Writer, type);
    }

    public void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw new UnsendableException($"is nested deeper than {MaxDepth} levels: send it in a flatter form, as a list instead of a chain");
        }
    }

    public void Leave() => _depth--;
}
