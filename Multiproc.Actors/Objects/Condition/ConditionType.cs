using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Conditions;

/// <summary>The object type of conditions: how a node creates and reads them.</summary>
internal static class ConditionType
{
    public static readonly unsafe ObjectType Instance = ObjectType.Define(new ObjectType(
        6, "condition", static (ref WireReader reader) => ConditionCommand.ReadFrom(ref reader), ConditionCell.Bytes,
        static (_, cell) => new ConditionState(new ConditionCell(cell!.Value.Address))));
}
