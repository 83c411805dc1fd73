using Multiproc.Serialization;
using Multiproc.SharedMemory;

namespace Multiproc.States;

/// <summary>Decodes a command of one type of object.</summary>
internal delegate ICommand CommandReader(ref WireReader reader);

/// <summary>
/// A type of object, as a node must know it to own objects of that type: how to read their commands, how much mapped memory their fast path needs, and how to
/// create a state from options and that memory.
/// </summary>
internal sealed record ObjectType(byte Tag, string Name, CommandReader ReadCommand, int CellBytes, Func<Payload, MemoryBlock?, IObjectState> CreateState)
{
    /// <summary>Whether its state keeps users' values, which may contain references to other objects.</summary>
    public bool KeepsValues { get; init; }

    /// <summary>Describes an object that is an actor of its own, created by this process for itself and never by a message.</summary>
    public static ObjectType OfActor(byte tag, string name, CommandReader readCommand) => new(
        tag, name, readCommand, CellBytes: 0, (_, _) => throw new InvalidOperationException($"A {name} cannot be created by a message."));

    private static readonly ObjectType?[] s_known = new ObjectType?[32];

    /// <summary>The object types that a message may create. Each registers itself when its facade type is first used.</summary>
    public static ObjectType? Find(byte tag) => tag < s_known.Length ? s_known[tag] : null;

    public static ObjectType Define(ObjectType kind)
    {
        if (s_known[kind.Tag] is { } other)
        {
            throw new InvalidOperationException($"Object types {other.Name} and {kind.Name} share the wire tag {kind.Tag}.");
        }

        return s_known[kind.Tag] = kind;
    }
}
