using System.Runtime.CompilerServices;

namespace Multiproc.Serialization;

/// <summary>The state of writing one value: the buffer, the objects and types written so far, and the depth.</summary>
internal sealed class WriteContext
{
    public const int MaxDepth = 256;

    private const int KeptCapacity = 1024;

    private readonly List<int> _unfinished = [];
    private Dictionary<object, int>? _seen;
    private Dictionary<Type, int>? _types;
    private int _depth;

    public WireWriter Writer { get; private set; } = null!;

    /// <summary>Whether the value is the work of a new process: then its types must belong to the app itself.</summary>
    public bool IsForNewProcess { get; set; }

    public WriteContext Begin(WireWriter writer)
    {
        Writer = writer;
        return this;
    }

    public void End()
    {
        // Clearing a large table would slow down every small message that follows.
        _seen = _seen?.Count > KeptCapacity ? null : _seen;
        _seen?.Clear();
        _types?.Clear();
        _unfinished.Clear();
        _depth = 0;
        IsForNewProcess = false;
        Writer = null!;
    }

    /// <summary>False if the object was written before; <paramref name="id"/> is its number in this message.</summary>
    public bool IsNew(object value, out int id)
    {
        _seen ??= new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        if (_seen.TryGetValue(value, out id))
        {
            return false;
        }

        id = _seen.Count;
        _seen.Add(value, id);
        return true;
    }

    /// <summary>Returns the position of the message before a part that may turn out not to be sendable.</summary>
    public (int Length, int Seen, int Types, int Unfinished, int Depth) Mark() =>
        (Writer.Length, _seen?.Count ?? 0, _types?.Count ?? 0, _unfinished.Count, _depth);

    /// <summary>Removes everything written after the position.</summary>
    public void Return((int Length, int Seen, int Types, int Unfinished, int Depth) mark)
    {
        Writer.Truncate(mark.Length);
        Drop(_seen, mark.Seen);
        Drop(_types, mark.Types);
        _unfinished.RemoveRange(mark.Unfinished, _unfinished.Count - mark.Unfinished);
        _depth = mark.Depth;
    }

    private static void Drop<TKey>(Dictionary<TKey, int>? numbered, int from)
        where TKey : class
    {
        foreach (var (key, number) in numbered ?? [])
        {
            if (number >= from)
            {
                numbered!.Remove(key);
            }
        }
    }

    /// <summary>Begins a part in which the object cannot be referred to: the reader constructs it only afterwards.</summary>
    public void BeginUnfinished(int id) => _unfinished.Add(id);

    public void EndUnfinished() => _unfinished.RemoveAt(_unfinished.Count - 1);

    public bool IsUnfinished(int id) => _unfinished.Count > 0 && _unfinished.Contains(id);

    /// <summary>Writes a type in full the first time, then as its number.</summary>
    public void Type(Type type)
    {
        _types ??= [];
        if (_types.TryGetValue(type, out int number))
        {
            Writer.VarUInt((uint)number + 1);
            return;
        }

        if (IsForNewProcess)
        {
            OwnAssemblies.Require(type);
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

        if (IsStackShort(_depth))
        {
            throw new UnsendableException("is nested too deep for the stack of this thread: send it from a thread with a larger one");
        }
    }

    public void Leave() => _depth--;

    /// <summary>Checks the stack every few levels, which together need far less than the runtime's margin.</summary>
    public static bool IsStackShort(int depth) => depth % 8 == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack();
}
