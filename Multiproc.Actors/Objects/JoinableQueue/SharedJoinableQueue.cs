using System.Diagnostics;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// A queue whose users can wait until every item is done. Whoever takes an item says <see cref="TaskDone"/> when it has worked on it. If its process
/// ends before that, in whatever way, the item goes back to the head of the queue, and <see cref="Join"/> goes on waiting for it.
/// </summary>
/// <remarks>
/// <see cref="TaskDone"/> names no item, as in Python: it is said of the oldest item that the thread took and has not said it of; when the thread has none, of the
/// oldest one of its process. Where several tasks of a process work on items at once, a lease says it of the very item: <see cref="QueueLease{T}.Complete"/>.
/// </remarks>
/// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
/// <example>
/// <code>
/// using var jobs = Mp.JoinableQueue&lt;int&gt;();
/// var worker = Mp.Process(static q =>
/// {
///     while (true)
///     {
///         Console.WriteLine(q.Get());
///         q.TaskDone();
///     }
/// }, jobs, daemon: true);
/// worker.Start();
/// jobs.PutMany(Enumerable.Range(0, 10));
/// jobs.Join();
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedJoinableQueue<T> : SharedQueueBase<T>, ISelfCoded<SharedJoinableQueue<T>>
{
    private int _claimed;

    internal SharedJoinableQueue(ObjectHandle handle, int maxSize)
        : base(handle, maxSize)
    {
    }

    private protected override string Kind => $"SharedJoinableQueue<{typeof(T).Name}>";

    private protected override bool HasUntilDone => true;

    private protected override void Claimed() => Interlocked.Increment(ref _claimed);

    /// <summary>Says that an item that was taken is done.</summary>
    /// <exception cref="InvalidOperationException">Every item that was put is done already.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, here or in its node.</exception>
    public void TaskDone()
    {
        var command = new JoinableQueueCommand.TaskDone(Environment.CurrentManagedThreadId);
        if (TryTakeClaim())
        {
            Handle.Tell(command);
        }
        else
        {
            Ask(command, default);
        }
    }

    /// <summary>The same as <see cref="TaskDone"/>, without a blocked thread: of the oldest item that this process took asynchronously.</summary>
    /// <returns>A task that ends when the queue knows it.</returns>
    /// <exception cref="InvalidOperationException">Every item that was put is done already.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    public async ValueTask TaskDoneAsync()
    {
        var command = new JoinableQueueCommand.TaskDone(Thread: 0);
        if (TryTakeClaim())
        {
            Handle.Tell(command);
        }
        else
        {
            await AskAsync(command, default).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until every item that was put is done. Items that are set aside as dead letters count as done.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when some were not done in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, here or in its node.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Ask(new JoinableQueueCommand.Join(timeout), cancellation).Status == ReplyStatus.Ok;

    /// <summary>The same as <see cref="Join"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when some were not done in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the queue lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, here or in its node.</exception>
    public async ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        (await AskAsync(new JoinableQueueCommand.Join(timeout), cancellation).ConfigureAwait(false)).Status == ReplyStatus.Ok;

    /// <summary>Who took an item here and has not finished it cannot be once too often: the queue need not be asked.</summary>
    private bool TryTakeClaim()
    {
        for (int claimed = Volatile.Read(ref _claimed); claimed > 0; claimed = Volatile.Read(ref _claimed))
        {
            if (Interlocked.CompareExchange(ref _claimed, claimed - 1, claimed) == claimed)
            {
                return true;
            }
        }

        return false;
    }

    static SharedJoinableQueue<T> ISelfCoded<SharedJoinableQueue<T>>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        return new SharedJoinableQueue<T>(handle, checked((int)reader.VarUInt()));
    }

    private protected override IWireCommand GetCommand(WaitTimeout timeout, int thread) => new JoinableQueueCommand.Claim(timeout, thread);
}
