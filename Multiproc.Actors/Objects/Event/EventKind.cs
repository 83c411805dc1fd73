using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Events;

/// <summary>How a home makes an event.</summary>
internal static class EventKind
{
    public static readonly unsafe ObjectKind Instance = ObjectKind.Define(new ObjectKind(
        4, "event", static (ref WireReader reader) => EventCommand.ReadFrom(ref reader), EventCell.Bytes, static (_, cell) => new EventState(new EventCell(cell!.Value.Address))));
}
