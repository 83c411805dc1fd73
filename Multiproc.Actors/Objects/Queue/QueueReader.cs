using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Objects.Queues;

/// <summary>Reads items for a facade: first those that are already in this process, then those of the node.</summary>
/// <remarks>
/// An item is acknowledged once its value was deserialized, not before: until then, the node gives it to another process if this one dies. An item that cannot
/// be deserialized is acknowledged too: it is removed, as in Python, and does not block the next one.
/// </remarks>
internal sealed class QueueReader(ObjectHandle handle)
{
    private volatile ItemsAhead? _ahead;

    /// <summary>
    /// The command for the next item. Reading ahead needs mapped memory, and an unbounded queue, whose node need not know at once that there is room.
    /// </summary>
    public QueueCommand Question(WaitTimeout timeout, bool isBounded) =>
        !isBounded && handle.IsNear ? new QueueCommand.GetAhead(timeout) : new QueueCommand.Get(timeout);

    /// <summary>Takes an item that is already in this process, if the node has not called it back.</summary>
    /// <exception cref="SerializationException">The item cannot be deserialized; it is removed.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public unsafe bool TryTake<T>(out T? value)
    {
        if (_ahead is not { } ahead)
        {
            value = default;
            return false;
        }

        if (handle.IsNear)
        {
            var cell = new AheadCell(handle.Memory);
            if (ahead.TryClaim(cell, out int index))
            {
                FaultPoint.Reached("get: claimed");
                value = Unpack<T>(ahead, cell, index);
                return true;
            }
        }

        // Another thread may have got a newer batch meanwhile: that batch stays until it is used up or called back by the node.
        Interlocked.CompareExchange(ref _ahead, null, ahead);
        value = default;
        return false;
    }

    /// <summary>Deserializes the value of a reply, then acknowledges it to the node.</summary>
    /// <exception cref="SerializationException">The item cannot be deserialized; it is removed.</exception>
    /// <exception cref="ConnectionLostException">The node is gone.</exception>
    public T Open<T>(in Reply reply)
    {
        FaultPoint.Reached("get: given");
        T value;
        try
        {
            value = Serializer.Unpack<T>(ItemOf(reply));
        }
        catch
        {
            handle.TryTellTaken(reply);
            throw;
        }

        handle.Acknowledge(reply);
        FaultPoint.Reached("get: acknowledged");
        return value;
    }

    private Payload ItemOf(in Reply reply)
    {
        if (reply.Number != ItemsAhead.Mark)
        {
            return reply.Value;
        }

        _ahead = ItemsAhead.Read(reply.Value, out var first);
        return first;
    }

    private T Unpack<T>(ItemsAhead ahead, AheadCell cell, int index)
    {
        try
        {
            return Serializer.Unpack<T>(ahead.At(index));
        }
        finally
        {
            // If another thread has disposed the queue meanwhile, this has no effect: then the end of this process returns the item, although it was received.
            ahead.Acknowledge(cell, index);
            GC.KeepAlive(handle);
        }
    }
}
