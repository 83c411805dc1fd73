using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// An item that was taken from a queue on lease. Unless the lease is completed, the item goes back to the head of the queue when the lease is disposed or
/// abandoned, or when the process that holds it ends in any way. A lease belongs to the process that took it and cannot be sent.
/// </summary>
/// <typeparam name="T">The type of the item.</typeparam>
/// <example>
/// <code>
/// using var lease = queue.Lease();
/// Work(lease.Item);
/// lease.Complete();
/// </code>
/// </example>
public sealed class QueueLease<T> : IDisposable, IAsyncDisposable, ISelfCoded<QueueLease<T>>
{
    private const int Held = 0;
    private const int Completed = 1;
    private const int Abandoned = 2;

    private readonly SharedObject _queue;
    private readonly long _call;
    private int _state;

    internal QueueLease(SharedObject queue, long call, T item, int redeliveries)
    {
        _queue = queue;
        _call = call;
        Item = item;
        Redeliveries = redeliveries;
    }

    /// <summary>The leased item.</summary>
    public T Item { get; }

    /// <summary>How many times the item was delivered before and went back to the queue; 0 on first delivery.</summary>
    public int Redeliveries { get; }

    /// <summary>Completes the lease: the item is removed from the queue for good. Can be called more than once.</summary>
    /// <exception cref="InvalidOperationException">The lease was already abandoned or disposed; another consumer may have the item.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public void Complete()
    {
        switch (Interlocked.CompareExchange(ref _state, Completed, Held))
        {
            case Held:
                TellCompleted();
                break;
            case Abandoned:
                throw new InvalidOperationException(
                    $"The lease of an item of {_queue} was given up before it was completed: the item is back in the queue, or another consumer has it.");
        }
    }

    /// <summary>Gives the item back to the head of the queue, unless the lease was completed. Can be called more than once.</summary>
    public void Abandon()
    {
        if (Interlocked.CompareExchange(ref _state, Abandoned, Held) == Held)
        {
            _queue.Handle.TryTell(new QueueCommand.Abandon(_call));
        }
    }

    /// <summary>Gives the item back to the head of the queue, unless the lease was completed.</summary>
    public void Dispose() => Abandon();

    /// <summary>Gives the item back to the head of the queue, unless the lease was completed. Completes synchronously.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Abandon();
        return ValueTask.CompletedTask;
    }

    private void TellCompleted()
    {
        try
        {
            FaultPoint.Reached("complete: begun");
            _queue.Handle.Tell(new QueueCommand.Taken(_call));
            FaultPoint.Reached("complete: sent");
        }
        catch
        {
            // The node was not told: the lease is held as before, and disposing it gives the item back.
            Volatile.Write(ref _state, Held);
            throw;
        }
    }

    void ISelfCoded.WriteTo(WireWriter writer) =>
        throw new UnsendableException("is a lease, which belongs to the process that took it: send its item, and complete the lease here");

    static QueueLease<T> ISelfCoded<QueueLease<T>>.ReadFrom(ref WireReader reader) =>
        throw new SerializationException("Malformed value: a lease cannot have been sent.");
}
