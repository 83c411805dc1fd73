using Multiproc.Peers;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Objects.Queues;

/// <summary>Acknowledges items: tells a queue's node that the value of an item was deserialized.</summary>
internal static class Acks
{
    /// <summary>
    /// Acknowledges an item. Until the node knows, it would give the item to another process if this one died. The message can wait for the next one, unless
    /// the node keeps much memory for this process.
    /// </summary>
    public static void Acknowledge(this ObjectHandle handle, in Reply reply)
    {
        if (handle.MustAcknowledge)
        {
            handle.Tell(new QueueCommand.Taken(reply.Call), WakeFor(reply));
        }
    }

    /// <summary>Acknowledges an item that cannot be read, without throwing: the caller already has an error.</summary>
    public static void TryTellTaken(this ObjectHandle handle, in Reply reply)
    {
        if (handle.MustAcknowledge)
        {
            handle.TryTell(new QueueCommand.Taken(reply.Call));
        }
    }

    /// <summary>Acknowledges several items, which the node remembers even for callers of its own process.</summary>
    public static void AcknowledgeMany(this ObjectHandle handle, in Reply reply, int count) =>
        handle.Tell(new QueueCommand.AckMany(reply.Call, count), WakeFor(reply));

    private static Wake WakeFor(in Reply reply) => reply.Value.Length < 4096 ? Wake.Never : Wake.Always;
}
