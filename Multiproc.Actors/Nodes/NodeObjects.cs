using Multiproc.SharedMemory;
using Multiproc.States;

namespace Multiproc.Nodes;

/// <summary>An object of a node: its type, the actor that runs it, and its mapped cell if it has one.</summary>
internal sealed record NodeObject(ObjectType Kind, IHostedObject Hosted, MemoryBlock? Cell)
{
    private volatile bool _holdsReferences;

    /// <summary>Whether the object was ever given a value that refers to another counted object.</summary>
    public bool HoldsReferences
    {
        get => _holdsReferences;
        set => _holdsReferences = value;
    }
}

/// <summary>An object of a node that consists of memory alone: its type and its size.</summary>
internal sealed record NodeBlock(string Type, long Bytes);

/// <summary>All objects of a node by number. No number is ever used twice.</summary>
internal sealed class NodeObjects
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, NodeObject> _objects = [];
    private readonly Dictionary<long, NodeBlock> _blocks = [];
    private long _lastNumber;

    public long Add(NodeObject added)
    {
        lock (_gate)
        {
            _objects.Add(++_lastNumber, added);
            return _lastNumber;
        }
    }

    /// <summary>Assigns a number to an object that consists of memory alone.</summary>
    public long AddMemory(string type, long bytes)
    {
        lock (_gate)
        {
            _blocks.Add(++_lastNumber, new NodeBlock(type, bytes));
            return _lastNumber;
        }
    }

    public NodeObject? Find(long id)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(id);
        }
    }

    /// <summary>The type of an object, for lists of objects.</summary>
    public string? KindOf(long id) => Find(id)?.Kind.Name;

    /// <returns>The removed object, if it has a state.</returns>
    public NodeObject? Remove(long id)
    {
        lock (_gate)
        {
            _blocks.Remove(id);
            return _objects.Remove(id, out var removed) ? removed : null;
        }
    }

    /// <summary>All objects that have a state, at this moment.</summary>
    public NodeObject[] All()
    {
        lock (_gate)
        {
            return [.. _objects.Values];
        }
    }

    /// <summary>All objects that have a state, with their numbers.</summary>
    public KeyValuePair<long, NodeObject>[] AllByNumber()
    {
        lock (_gate)
        {
            return [.. _objects];
        }
    }

    /// <summary>All objects that consist of memory alone.</summary>
    public KeyValuePair<long, NodeBlock>[] AllMemoryByNumber()
    {
        lock (_gate)
        {
            return [.. _blocks];
        }
    }
}
