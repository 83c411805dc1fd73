using Multiproc.Objects.Queues;

namespace Multiproc;

/// <content>Python's <c>close</c>, <c>join_thread</c> and <c>cancel_join_thread</c>.</content>
public abstract partial class SharedQueueBase<T>
{
    private volatile bool _closed;
    private bool _hasPut;
    private bool _joinsNothing;

    /// <summary>
    /// Closes this facade: this process can put and get nothing more through it. Items that it put stay, and other processes go on using the queue, unlike
    /// after <see cref="SharedObject.Dispose()"/> in the node. Can be called more than once.
    /// </summary>
    public void Close() => _closed = true;

    /// <summary>
    /// Waits until everything that this process put has reached the queue's node. There is no feeder thread to join, unlike in Python: a put is in mapped
    /// memory when it returns, and arrives even if the process is killed right after. The wait is one round trip to the node.
    /// </summary>
    /// <param name="cancellation">Cancels the call; checked before the node is asked.</param>
    /// <exception cref="InvalidOperationException">The queue was not closed in this process: call <see cref="Close"/> first.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public void JoinThread(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (MustAskToJoin())
        {
            Ask(QueueCommand.Size.Instance, cancellation);
        }
    }

    /// <summary>Asynchronously waits until everything that this process put has reached the queue's node. Call <see cref="Close"/> first.</summary>
    /// <param name="cancellation">Cancels the call; checked before the node is asked.</param>
    /// <returns>A task that completes when everything has arrived.</returns>
    /// <exception cref="InvalidOperationException">The queue was not closed in this process: call <see cref="Close"/> first.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public async ValueTask JoinThreadAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (MustAskToJoin())
        {
            await AskAsync(QueueCommand.Size.Instance, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Makes <see cref="JoinThread"/> return immediately. Unlike in Python, no item is lost: the end of a process never waits for its puts, and never loses
    /// one.
    /// </summary>
    public void CancelJoinThread() => _joinsNothing = true;

    private bool MustAskToJoin() => _closed
        ? !_joinsNothing
        : throw new InvalidOperationException($"{this}: JoinThread() was called before Close(): call Close() first.");

    private void BeginPut()
    {
        ThrowIfClosed();
        _hasPut = true;
    }

    private void ThrowIfClosed()
    {
        if (_closed)
        {
            throw new InvalidOperationException($"{this} is closed: Close() was called on it in this process.");
        }
    }

    private bool EmptyWhenClosed() =>
        !_hasPut ? true : throw new IOException($"{this} is closed: Close() was called on it in this process.");
}
