using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>A facade's way to the items of its queue: those that are here already, then those of the node.</summary>
/// <remarks>
/// An item is acknowledged when its value has been made, not before: until then the node gives it to another process if this one dies. A value that
/// cannot be made is acknowledged too: its item is gone, as in Python, and the next one is not held up by it.
/// </remarks>
internal sealed class QueueReader(ObjectHandle handle)
{
    private volatile ItemsAhead? _ahead;

    /// <summary>The question for the next item. Reading ahead needs mapped memory, and a node that need not know at once that there is room again.</summary>
    public QueueCommand Question(WaitTimeout timeout, bool isBounded) =>
        !isBounded && handle.IsNear ? new QueueCommand.GetAhead(timeout) : new QueueCommand.Get(timeout);

    /// <summary>Takes an item that is here, if the node has not called it back.</summary>
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
                value = Unpack<T>(ahead, cell, index);
                return true;
            }
        }

        // Another thread may have got a newer batch meanwhile: that one stays, or else is called back by the node.
        Interlocked.CompareExchange(ref _ahead, null, ahead);
        value = default;
        return false;
    }

    /// <summary>Makes the value of an answer, then tells the node that it has come.</summary>
    /// <exception cref="SerializationException">The item cannot be deserialized; it is removed.</exception>
    /// <exception cref="ConnectionLostException">The node is gone.</exception>
    public T Open<T>(in Reply reply)
    {
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
            // Where another thread disposed of the queue meanwhile this goes nowhere: then the end of this process gives the item back, though it had it.
            ahead.Acknowledge(cell, index);
            GC.KeepAlive(handle);
        }
    }
}
