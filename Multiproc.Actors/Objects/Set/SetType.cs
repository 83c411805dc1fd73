using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Sets;

/// <summary>The object type of sets: how a node creates and reads them.</summary>
internal static class SetType
{
    public static readonly ObjectType Instance = ObjectType.Define(new ObjectType(
        17, "set", static (ref WireReader reader) => SetCommand.ReadFrom(ref reader), CellBytes: 0, static (_, _) => new SetState()) { KeepsValues = true });
}
