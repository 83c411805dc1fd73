using System.Diagnostics;
using Multiproc.Objects.Locks;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>A lock between processes that its owner - a thread of a process - may take again, and that only its owner may release.</summary>
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

    /// <summary>Takes the lock, or takes it once more; waits until it is free.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when it was not free in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, here or in its node.</exception>
    public override bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        if (!IsMapped && !TryReach(ref limit, cancellation))
        {
            return false;
        }

        if (IsFar)
        {
            return AcquireFar(new LockCommand.Enter(Thread, limit), cancellation);
        }

        if (_gaveUp != 0)
        {
            return AcquireAfterGivingUp(limit, cancellation);
        }

        var cell = Cell;
        return cell.TryAcquireAgain(Process, Thread) || AcquireOrGiveUp(cell, limit, cancellation);
    }

    /// <summary>Gives the lock back, or one level of it.</summary>
    /// <exception cref="InvalidOperationException">Nobody holds it.</exception>
    /// <exception cref="SynchronizationLockException">Another thread or process holds it.</exception>
    /// <exception cref="ConnectionLostException">Somebody waits for it, and the process that it lives in is gone.</exception>
    public override void Release()
    {
        switch (IsFar ? ReleaseFar(isRecursive: true) : Cell.TryReleaseOwned(Process, Thread))
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
    /// A call that ended without the lock may have been granted it too late, by a node that was stopped; until the node has taken that back, the cell says that this thread
    /// holds the lock. Who took it for recursion then would lose it. The node answers in the order of what it is sent: after its answer the cell is true again.
    /// </summary>
    private bool AcquireAfterGivingUp(WaitTimeout timeout, CancellationToken cancellation)
    {
        int seen = Volatile.Read(ref _gaveUp);
        var reply = Ask(new LockCommand.Enter(Thread, timeout), cancellation);
        if (reply.Status == ReplyStatus.Ok)
        {
            // Others that gave up meanwhile are not settled by this answer.
            Interlocked.Add(ref _gaveUp, -seen);
        }

        return reply.Status == ReplyStatus.Ok;
    }

    static SharedRLock ISelfCoded<SharedRLock>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
