using Multiproc.Peers;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Objects.Queues;

/// <summary>Tells a queue's node that the value of an item has been made.</summary>
internal static class Acks
{
    /// <summary>
    /// The item is ours only now: until the node knows, it would give it to another if we died. Telling it can wait for the next message,
    /// unless the node keeps much memory for us.
    /// </summary>
    public static void Acknowledge(this ObjectHandle handle, in Reply reply)
    {
        if (!handle.IsLocal)
        {
            handle.Tell(new QueueCommand.Taken(reply.Call), WakeFor(reply));
        }
    }

    /// <summary>Tells it of an item that cannot be read, without an error of its own: the caller has one already.</summary>
    public static void TryTellTaken(this ObjectHandle handle, in Reply reply)
    {
        if (!handle.IsLocal)
        {
            handle.TryTell(new QueueCommand.Taken(reply.Call));
        }
    }

    /// <summary>As above, for what the node remembers of itself too.</summary>
    public static void AcknowledgeMany(this ObjectHandle handle, in Reply reply, int count) =>
        handle.Tell(new QueueCommand.AckMany(reply.Call, count), WakeFor(reply));

    private static Wake WakeFor(in Reply reply) => reply.Value.Length < 4096 ? Wake.Never : Wake.Always;
}
