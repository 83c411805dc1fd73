using Multiproc.Objects.Queues;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// An item of a queue that returns to the head unless it is completed: when the lease is disposed or abandoned, or when the process that holds it ends in
/// whatever way. It belongs to the process that took it and cannot be sent.
/// </summary>
/// <typeparam name="T">What the item is.</typeparam>
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

    /// <summary>The item.</summary>
    public T Item { get; }

    /// <summary>How often the item was given out before and came back; 0 for the first time.</summary>
    public int Redeliveries { get; }

    /// <summary>Says that the work is done: the item will not come back. May be called again.</summary>
    /// <exception cref="InvalidOperationException">The lease was abandoned or disposed before: somebody else may have the item.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed here.</exception>
    public void Complete()
    {
        switch (Interlocked.CompareExchange(ref _state, Completed, Held))
        {
            case Held:
                TellCompleted();
                break;
            case Abandoned:
                throw new InvalidOperationException($"The lease of an item of {_queue} was given up before it was completed: the item is in the queue again, or another has it.");
        }
    }

    /// <summary>Gives the item back to the head of the queue, unless it was completed. May be called again.</summary>
    public void Abandon()
    {
        if (Interlocked.CompareExchange(ref _state, Abandoned, Held) == Held)
        {
            _queue.Handle.TryTell(new QueueCommand.Abandon(_call));
        }
    }

    /// <summary>The same as <see cref="Abandon"/>.</summary>
    public void Dispose() => Abandon();

    /// <summary>The same as <see cref="Abandon"/>; never waits.</summary>
    /// <returns>A finished task.</returns>
    public ValueTask DisposeAsync()
    {
        Abandon();
        return ValueTask.CompletedTask;
    }

    private void TellCompleted()
    {
        try
        {
            _queue.Handle.Tell(new QueueCommand.Taken(_call));
        }
        catch
        {
            // Nobody was told: the lease is held as before, and disposing it gives the item back.
            Volatile.Write(ref _state, Held);
            throw;
        }
    }

    void ISelfCoded.WriteTo(WireWriter writer) =>
        throw new UnsendableException("is a lease, which belongs to the process that took it: send its item, and complete the lease here");

    static QueueLease<T> ISelfCoded<QueueLease<T>>.ReadFrom(ref WireReader reader) => throw new SerializationException("Malformed value: a lease cannot have been sent.");
}
