using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Objects.Queues;

/// <summary>
/// Puts into an unbounded queue of another process of this machine without allocating: the item is serialized directly into its message, and a large array is
/// copied straight to the ring.
/// </summary>
internal static class DirectPut
{
    private const int LargestKept = 256 * 1024;

    [ThreadStatic]
    private static WireWriter? s_writer;

    /// <returns>False when the item must be sent in another way; it was not put.</returns>
    /// <exception cref="SerializationException">The item cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    public static bool TryPut<T>(ObjectHandle queue, T item)
    {
        // A codec of the user's own type may put into a queue on this thread.
        var writer = s_writer ?? new WireWriter { KeepsPieces = true, IsForValues = true };
        s_writer = null;
        try
        {
            return queue.TryBeginTell(writer, out var peer) && TryWrite(writer, item) && Send(peer!, writer);
        }
        finally
        {
            if (writer.Capacity <= LargestKept)
            {
                writer.Reset();
                s_writer = writer;
            }
        }
    }

    private static bool TryWrite<T>(WireWriter writer, T item)
    {
        QueueCommand.Put.WriteHead(writer);
        int body = writer.BeginBytes();
        Serializer.Serialize(writer, item);
        writer.EndBytes(body);

        // Bytes that contain a reference keep its object alive while they exist: that needs a copy of the bytes.
        return !writer.HoldsReferences;
    }

    private static bool Send(Peer peer, WireWriter writer)
    {
        peer.Send(writer);
        return true;
    }
}
