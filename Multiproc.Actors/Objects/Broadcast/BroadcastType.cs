using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Broadcasts;

/// <summary>The object type of broadcasts: how a node creates and reads them.</summary>
internal static class BroadcastType
{
    public static readonly ObjectType Instance = ObjectType.Define(new ObjectType(
        24, "broadcast", static (ref WireReader reader) => BroadcastCommand.ReadFrom(ref reader), CellBytes: 0,
        static (options, _) => new BroadcastState(SharedBroadcastOptions.Unpack(options))) { KeepsValues = true });
}
