using System.Diagnostics;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// A queue that can be joined: <see cref="Join"/> waits until every item is done. A consumer calls <see cref="TaskDone"/> after it has processed an item. If
/// its process ends before that, in any way, the item goes back to the head of the queue and <see cref="Join"/> keeps waiting for it.
/// </summary>
/// <remarks>
/// As in Python, <see cref="TaskDone"/> names no item: it completes the oldest unfinished item that the calling thread took or, when the thread has none, the
/// oldest one that its process took. When several tasks of a process work on items at the same time, use leases, which complete a specific item:
/// <see cref="QueueLease{T}.Complete"/>.
/// </remarks>
/// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
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

    /// <summary>Marks the oldest unfinished item that this thread (or else this process) took as done.</summary>
    /// <exception cref="InvalidOperationException">Every item that was put is already done.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public void TaskDone()
    {
        var command = new JoinableQueueCommand.TaskDone(Environment.CurrentManagedThreadId);
        if (TryTakeClaim())
        {
            FaultPoint.Reached("done: begun");
            Handle.Tell(command);
            FaultPoint.Reached("done: sent");
        }
        else
        {
            Ask(command, default);
        }
    }

    /// <summary>Asynchronously marks the oldest unfinished item that this process took asynchronously as done.</summary>
    /// <returns>A task that completes when the queue was told.</returns>
    /// <exception cref="InvalidOperationException">Every item that was put is already done.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
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

    /// <summary>Waits up to <paramref name="timeout"/> until every item that was put is done. Dead letters count as done.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when all items are done; false when some were not done in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Ask(new JoinableQueueCommand.Join(timeout), cancellation).Status == ReplyStatus.Ok;

    /// <summary>Asynchronously waits up to <paramref name="timeout"/> until every item that was put is done. Dead letters count as done.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when all items are done; false when some were not done in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the queue has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed, in this process or in its node.</exception>
    public async ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        (await AskAsync(new JoinableQueueCommand.Join(timeout), cancellation).ConfigureAwait(false)).Status == ReplyStatus.Ok;

    /// <summary>
    /// Counts down the unfinished items of this process. While there is one, <see cref="TaskDone"/> cannot be one call too many, so no reply is needed.
    /// </summary>
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
