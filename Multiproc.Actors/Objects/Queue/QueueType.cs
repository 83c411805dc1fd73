using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>The object type of queues: how a node creates and reads them.</summary>
internal static class QueueType
{
    public static readonly unsafe ObjectType Instance = ObjectType.Define(new ObjectType(
        1, "queue", static (ref WireReader reader) => QueueCommand.ReadFrom(ref reader), AheadCell.Bytes,
        static (options, cell) => Make(options, new AheadCell(cell!.Value.Address))) { KeepsValues = true });

    private static QueueState Make(Payload options, AheadCell cell) => new(SharedQueueOptions.Unpack(options), new ReadAhead(cell));
}
