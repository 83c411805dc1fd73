using System.Diagnostics;
using Multiproc.Objects.Locks;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// A recursive lock that processes share. The owner, one thread of one process, may acquire it again and must release it as many times; nobody else can
/// release it. When the owner dies, the lock passes to the next waiter, and <see cref="SharedLockBase.Abandoned"/> is set.
/// </summary>
/// <example>
/// <code>
/// using var gate = Mp.RLock();
/// using (gate.Hold())
/// using (gate.Hold()) // the same thread may acquire it again
/// {
///     Console.WriteLine("one thread at a time");
/// }
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedRLock : SharedLockBase, ISelfCoded<SharedRLock>
{
    private int _gaveUp;

    internal SharedRLock(ObjectHandle handle)
        : base(handle)
    {
    }

    internal override bool IsHeldHere => Cell.IsHeldBy(Process, Thread);

    private protected override string Kind => nameof(SharedRLock);

    /// <summary>Acquires the lock, or one more level if this thread owns it; otherwise waits up to <paramref name="timeout"/> until it is free.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it was not free within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public override bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        if (!IsMapped && !TryReach(ref limit, cancellation))
        {
            return false;
        }

        if (!TryMap(out var cell))
        {
            return AcquireFar(new LockCommand.Enter(Thread, limit), cancellation);
        }

        if (_gaveUp != 0)
        {
            return AcquireAfterGivingUp(limit, cancellation);
        }

        return cell.TryAcquireAgain(Process, Thread) || AcquireOrGiveUp(cell, limit, cancellation);
    }

    /// <summary>Releases one level of the lock; with the last level, the next waiter gets it.</summary>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="HoldLostException">The lock is one of a cluster, and was lost before: see <see cref="SharedLockBase.Lost"/>.</exception>
    /// <exception cref="SynchronizationLockException">Another thread or process holds it.</exception>
    /// <exception cref="ConnectionLostException">
    /// There are waiters, and the process that hosts the lock has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public override void Release()
    {
        switch (TryMap(out var cell) ? cell.TryReleaseOwned(Process, Thread) : ReleaseFar(isRecursive: true))
        {
            case ReleaseOutcome.NeedsNode:
                HandOver();
                break;
            case ReleaseOutcome.NotHeld:
                throw new InvalidOperationException($"{Identity} is not held: it cannot be released. Each Release needs an Acquire before it.");
            case ReleaseOutcome.NotOwner:
                throw new SynchronizationLockException($"{Identity} is held by another thread or process: only the owner can release it.");
        }
    }

    private bool AcquireOrGiveUp(LockCell cell, WaitTimeout timeout, CancellationToken cancellation)
    {
        bool acquired = false;
        try
        {
            return acquired = AcquireContended(cell, timeout, cancellation);
        }
        finally
        {
            if (!acquired && timeout.MayWait && !Handle.IsLocal)
            {
                Interlocked.Increment(ref _gaveUp);
            }
        }
    }

    /// <summary>
    /// A stopped node may have granted the lock to a call that had already given up. Until the node takes that back, the cell says that this thread holds the
    /// lock; a recursive acquire that trusted the cell would lose the lock afterwards. So the node is asked: it replies in the order of the messages that it
    /// receives, so after its reply the cell is correct again.
    /// </summary>
    private bool AcquireAfterGivingUp(WaitTimeout timeout, CancellationToken cancellation)
    {
        int seen = Volatile.Read(ref _gaveUp);
        var reply = Ask(new LockCommand.Enter(Thread, timeout), cancellation);
        if (reply.Status == ReplyStatus.Ok)
        {
            // This reply says nothing about calls that gave up in the meantime.
            Interlocked.Add(ref _gaveUp, -seen);
        }

        return reply.Status == ReplyStatus.Ok;
    }

    static SharedRLock ISelfCoded<SharedRLock>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
