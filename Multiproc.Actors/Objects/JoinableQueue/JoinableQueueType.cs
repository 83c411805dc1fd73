using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.JoinableQueues;

/// <summary>The object type of joinable queues: how a node creates and reads them.</summary>
internal static class JoinableQueueType
{
    public static readonly ObjectType Instance = ObjectType.Define(new ObjectType(
        20, "joinable queue", static (ref WireReader reader) => JoinableQueueCommand.ReadFrom(ref reader), CellBytes: 0,
        static (options, _) => new JoinableQueueState(SharedQueueOptions.Unpack(options))) { KeepsValues = true });
}
