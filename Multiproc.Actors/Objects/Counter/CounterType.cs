using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Counters;

/// <summary>The object type of counters: how a node creates and reads them.</summary>
internal static class CounterType
{
    public static readonly unsafe ObjectType Instance = ObjectType.Define(new ObjectType(
        23, "counter", static (ref WireReader reader) => CounterCommand.ReadFrom(ref reader), CounterCell.Bytes,
        static (_, cell) => new CounterState(new CounterCell(cell!.Value.Address))));
}
