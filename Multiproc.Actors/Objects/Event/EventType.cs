using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Events;

/// <summary>The object type of events: how a node creates and reads them.</summary>
internal static class EventType
{
    public static readonly unsafe ObjectType Instance = ObjectType.Define(new ObjectType(
        4, "event", static (ref WireReader reader) => EventCommand.ReadFrom(ref reader), EventCell.Bytes,
        static (_, cell) => new EventState(new EventCell(cell!.Value.Address))));
}
