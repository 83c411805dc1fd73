using Multiproc.Objects.Queues;

namespace Multiproc;

/// <content>Python's <c>close</c>, <c>join_thread</c> and <c>cancel_join_thread</c>.</content>
public abstract partial class SharedQueueBase<T>
{
    private volatile bool _closed;
    private bool _hasPut;
    private bool _joinsNothing;

    /// <summary>
    /// Says that this process puts and gets nothing more through this facade. What it put stays; the queue and its other users go on, which
    /// is the difference to <see cref="SharedObject.Dispose()"/> in the node. May be called again.
    /// </summary>
    public void Close() => _closed = true;

    /// <summary>
    /// Waits until everything that was put here is in the queue's node. There is no thread to join: a put is in mapped memory when it returns and arrives in
    /// order, also when its process ends or is killed then. So this is one question to the node, for those who want to know it done.
    /// </summary>
    /// <param name="cancellation">Refuses before the node is asked.</param>
    /// <exception cref="InvalidOperationException">The queue was not closed here before.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public void JoinThread(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (MustAskToJoin())
        {
            Ask(QueueCommand.Size.Instance, cancellation);
        }
    }

    /// <summary>The same as <see cref="JoinThread"/>, without a blocked thread.</summary>
    /// <param name="cancellation">Refuses before the node is asked.</param>
    /// <returns>A task that ends when everything is there.</returns>
    /// <exception cref="InvalidOperationException">The queue was not closed here before.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public async ValueTask JoinThreadAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (MustAskToJoin())
        {
            await AskAsync(QueueCommand.Size.Instance, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Lets <see cref="JoinThread"/> return at once. Unlike in Python nothing is lost by it: the end of a process never waits for its puts, and never loses one.
    /// </summary>
    public void CancelJoinThread() => _joinsNothing = true;

    private bool MustAskToJoin() => _closed
        ? !_joinsNothing
        : throw new InvalidOperationException($"{this}: JoinThread() before Close(): call Close() first, to say that no more will be put here.");

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
