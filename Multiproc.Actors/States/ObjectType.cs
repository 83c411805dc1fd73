using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.SharedMemory;

namespace Multiproc.States;

/// <summary>Decodes a command of one type of object.</summary>
internal delegate ICommand CommandReader(ref WireReader reader);

/// <summary>
/// What a node must know to own objects of a kind: how to read its commands, how much mapped memory its fast path needs,
/// and how a state is made from its options and that memory.
/// </summary>
internal sealed record ObjectType(byte Tag, string Name, CommandReader ReadCommand, int CellBytes, Func<Payload, MemoryBlock?, IObjectState> CreateState)
{
    /// <summary>Whether its state keeps users' values, in which references to other objects may be.</summary>
    public bool KeepsValues { get; init; }

    /// <summary>What a node must know of something that is an actor of its own, made by this process for itself and never by a message.</summary>
    public static ObjectType OfActor(byte tag, string name, CommandReader readCommand) => new(
        tag, name, readCommand, CellBytes: 0, (_, _) => throw new InvalidOperationException($"A {name} is not made by a message."));

    private static readonly ObjectType?[] s_known = new ObjectType?[32];

    /// <summary>The kinds that may be created by a message. Each registers itself when its facade's type is first used.</summary>
    public static ObjectType? Find(byte tag) => tag < s_known.Length ? s_known[tag] : null;

    public static ObjectType Define(ObjectType kind)
    {
        if (s_known[kind.Tag] is { } other)
        {
            throw new InvalidOperationException($"Object kinds {other.Name} and {kind.Name} share the wire tag {kind.Tag}.");
        }

        return s_known[kind.Tag] = kind;
    }
}
