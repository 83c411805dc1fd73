using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Sets;

/// <summary>How a home makes a set.</summary>
internal static class SetKind
{
    public static readonly ObjectKind Instance = ObjectKind.Define(new ObjectKind(
        17, "set", static (ref WireReader reader) => SetCommand.ReadFrom(ref reader), CellBytes: 0, static (_, _) => new SetState()) { KeepsValues = true });
}
