using Multiproc.Connections;
using Multiproc.Transport;

namespace Multiproc;

/// <content>Waiting for any of many.</content>
public sealed partial class Connection
{
    /// <summary>Waits until at least one of the objects is ready. Python's <c>multiprocessing.connection.wait</c>.</summary>
    /// <param name="objects">
    /// Connections (a message or the end of the stream is there), listeners (somebody wants to connect), sockets and other descriptors (readable),
    /// processes (ended), wait handles (set) and tasks (ended), mixed as you like and as many as you like.
    /// </param>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>All that are ready, in the order in which they were given; empty when the time ran out.</returns>
    /// <exception cref="ArgumentException">An object cannot be waited for; or there are none, and no timeout.</exception>
    /// <exception cref="IOException">A connection or listener is closed, or was closed meanwhile.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    /// <remarks>A wait handle that resets itself is taken when it is returned.</remarks>
    public static IReadOnlyList<object> Wait(IEnumerable<object> objects, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        using var set = new WaitSet(objects, timeout);
        return set.Wait(Deadline.In(timeout), cancellation);
    }

    /// <summary>The same as <see cref="Wait"/>, without a blocked thread.</summary>
    /// <param name="objects">Connections, listeners, sockets, processes, wait handles, tasks.</param>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>All that are ready, in the order in which they were given; empty when the time ran out.</returns>
    /// <exception cref="ArgumentException">An object cannot be waited for; or there are none, and no timeout.</exception>
    /// <exception cref="IOException">A connection or listener is closed, or was closed meanwhile.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public static async ValueTask<IReadOnlyList<object>> WaitAsync(IEnumerable<object> objects, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        using var set = new WaitSet(objects, timeout);
        return await set.WaitAsync(Deadline.In(timeout), cancellation).ConfigureAwait(false);
    }
}
