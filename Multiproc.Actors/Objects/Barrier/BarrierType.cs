using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Barriers;

/// <summary>The object type of barriers: how a node creates and reads them.</summary>
internal static class BarrierType
{
    public static readonly unsafe ObjectType Instance = ObjectType.Define(new ObjectType(
        7, "barrier", static (ref WireReader reader) => BarrierCommand.ReadFrom(ref reader), BarrierCell.Bytes,
        static (options, cell) => Make(options, new BarrierCell(cell!.Value.Address))));

    private static BarrierState Make(Payload options, BarrierCell cell)
    {
        var (parties, hasAction) = Serializer.Unpack<(int Parties, bool HasAction)>(options);
        return new BarrierState(cell, parties, hasAction);
    }
}
