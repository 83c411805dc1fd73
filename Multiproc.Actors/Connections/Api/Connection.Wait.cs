using Multiproc.Connections;
using Multiproc.Transport;

namespace Multiproc;

/// <content>Waiting for any of several objects.</content>
public sealed partial class Connection
{
    /// <summary>Waits until at least one of the objects is ready, and returns all that are: Python's <c>multiprocessing.connection.wait</c>.</summary>
    /// <param name="objects">
    /// Connections (a message or the end of the stream can be received), listeners (a connection can be accepted), sockets and other descriptors (readable),
    /// processes (exited), wait handles (set) and tasks (completed), in any mixture and number.
    /// </param>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The ready objects, in the order given; empty if the timeout expired.</returns>
    /// <exception cref="ArgumentException">An object cannot be waited for, or there are neither objects nor a timeout.</exception>
    /// <exception cref="IOException">A connection or listener is closed, or was closed during the wait.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    /// <remarks>Returning an auto-reset wait handle resets it.</remarks>
    public static IReadOnlyList<object> Wait(IEnumerable<object> objects, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        using var set = new WaitSet(objects, timeout);
        return set.Wait(Deadline.In(timeout), cancellation);
    }

    /// <summary>
    /// Asynchronously waits until at least one of the objects is ready, and returns all that are: Python's <c>multiprocessing.connection.wait</c>.
    /// </summary>
    /// <param name="objects">Connections, listeners, sockets, processes, wait handles and tasks, in any mixture and number.</param>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The ready objects, in the order given; empty if the timeout expired.</returns>
    /// <exception cref="ArgumentException">An object cannot be waited for, or there are neither objects nor a timeout.</exception>
    /// <exception cref="IOException">A connection or listener is closed, or was closed during the wait.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public static async ValueTask<IReadOnlyList<object>> WaitAsync(
        IEnumerable<object> objects, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        using var set = new WaitSet(objects, timeout);
        return await set.WaitAsync(Deadline.In(timeout), cancellation).ConfigureAwait(false);
    }
}
