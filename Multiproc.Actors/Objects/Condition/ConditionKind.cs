using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Conditions;

/// <summary>How a home makes a condition.</summary>
internal static class ConditionKind
{
    public static readonly unsafe ObjectKind Instance = ObjectKind.Define(new ObjectKind(
        6, "condition", static (ref WireReader reader) => ConditionCommand.ReadFrom(ref reader), ConditionCell.Bytes, static (_, cell) => new ConditionState(new ConditionCell(cell!.Value.Address))));
}
