using Multiproc.Serialization.Pickle;

namespace Multiproc;

/// <summary>A queue in a manager that runs in Python.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed class PythonQueue<T> : IDisposable, Serialization.INotSendable
{
    /// <summary>Initializes a queue from a proxy, such as one of a registered type that returns a queue.</summary>
    /// <param name="proxy">The proxy.</param>
    public PythonQueue(PythonProxy proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        Proxy = proxy;
    }

    /// <summary>Gets the proxy.</summary>
    public PythonProxy Proxy { get; }

    /// <summary>Adds an item at the end, waiting for room if the queue is bounded.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait. The item may still be added.</param>
    /// <exception cref="QueueFullException">The queue stayed full.</exception>
    /// <exception cref="ConnectionLostException">The manager has ended.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public void Put(T item, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        try
        {
            Proxy.CallWith("put", Waiting(timeout, item), null, cancellation);
        }
        catch (PythonException full) when (full.TypeName == "queue.Full")
        {
            throw new QueueFullException($"The queue of {Proxy.TypeId} in Python stayed full; take items out, or wait longer.", full);
        }
    }

    /// <summary>Removes and returns the oldest item, waiting for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait. An item that is on its way is lost, as with Python's own clients.</param>
    /// <returns>The item.</returns>
    /// <exception cref="QueueEmptyException">No item came in time.</exception>
    /// <exception cref="SerializationException">The item is of another type; it is removed.</exception>
    /// <exception cref="ConnectionLostException">The manager has ended.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        TryTake(timeout, out var item, cancellation)
            ? item!
            : throw new QueueEmptyException("The queue in Python had no item in time; wait longer, or use TryGet.");

    /// <summary>Tries to remove the oldest item.</summary>
    /// <param name="item">The item; the default value when there was none.</param>
    /// <param name="timeout">How long to wait; zero (the default) does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when there was an item.</returns>
    /// <exception cref="SerializationException">The item is of another type; it is removed.</exception>
    /// <exception cref="ConnectionLostException">The manager has ended.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public bool TryGet(out T? item, TimeSpan timeout = default, CancellationToken cancellation = default) => TryTake(timeout, out item, cancellation);

    /// <summary>Returns the number of items.</summary>
    /// <returns>The number at this moment.</returns>
    /// <exception cref="ConnectionLostException">The manager has ended.</exception>
    public int QSize() => Proxy.Call<int>("qsize");

    /// <summary>Tells that an item is done: Python's <c>task_done</c>.</summary>
    /// <exception cref="PythonException">A ValueError: all are done.</exception>
    /// <exception cref="ConnectionLostException">The manager has ended.</exception>
    public void TaskDone() => Proxy.Call("task_done");

    /// <summary>Waits until all items are done.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="ConnectionLostException">The manager has ended.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public void Join(CancellationToken cancellation = default) => Proxy.CallWith("join", PyTuple.Empty, null, cancellation);

    /// <summary>Releases the queue, which ends when nobody else has a proxy of it.</summary>
    public void Dispose() => Proxy.Dispose();

    private static PyTuple Waiting(TimeSpan? timeout, params ReadOnlySpan<object?> before)
    {
        WaitTimeout limit = timeout;
        return new PyTuple([.. before, limit.MayWait, limit.IsInfinite || !limit.MayWait ? null : timeout!.Value.TotalSeconds]);
    }

    private bool TryTake(TimeSpan? timeout, out T? item, CancellationToken cancellation)
    {
        try
        {
            item = PickleConversion.To<T>(Proxy.CallWith("get", Waiting(timeout), null, cancellation));
            return true;
        }
        catch (PythonException empty) when (empty.TypeName is "_queue.Empty" or "queue.Empty")
        {
            item = default;
            return false;
        }
    }
}
