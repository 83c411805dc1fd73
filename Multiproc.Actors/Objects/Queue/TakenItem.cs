using Multiproc.Peers;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Objects.Queues;

/// <summary>Tells a queue's home that the value of an item has been made.</summary>
internal static class TakenItem
{
    /// <summary>
    /// The item is ours only now: until the home knows, it would give it to another if we died. Telling it can wait for the next message,
    /// unless the home keeps much memory for us.
    /// </summary>
    public static void TellTaken(this ObjectHandle handle, in Answer answer)
    {
        if (!handle.IsLocal)
        {
            handle.Tell(new QueueCommand.Taken(answer.Call), WakeFor(answer));
        }
    }

    /// <summary>Tells it of an item that cannot be read, without an error of its own: the caller has one already.</summary>
    public static void TryTellTaken(this ObjectHandle handle, in Answer answer)
    {
        if (!handle.IsLocal)
        {
            handle.TryTell(new QueueCommand.Taken(answer.Call));
        }
    }

    /// <summary>As above, for what the home remembers of itself too.</summary>
    public static void TellTakenOf(this ObjectHandle handle, in Answer answer, int count) =>
        handle.Tell(new QueueCommand.TakenOfMany(answer.Call, count), WakeFor(answer));

    private static Wake WakeFor(in Answer answer) => answer.Value.Length < 4096 ? Wake.Never : Wake.Always;
}
