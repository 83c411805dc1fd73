using Multiproc.Serialization;

namespace Multiproc.Objects.Queues;

/// <summary>How a home makes a queue.</summary>
internal static class QueueKind
{
    public static readonly ObjectKind Instance = ObjectKind.Define(new ObjectKind(
        1, "queue", static (ref WireReader reader) => QueueCommand.ReadFrom(ref reader), CellBytes: 0, static (options, _) => Make(options)) { KeepsValues = true });

    private static QueueState Make(Payload packed)
    {
        var options = SharedQueueOptions.Unpack(packed);
        return new QueueState(options.MaxSize, options.MaxRedeliveries);
    }
}
