using Multiproc.Objects;
using Multiproc.Objects.Locks;
using Multiproc.Peers;
using Multiproc.States;

namespace Multiproc;

/// <summary>Base of <see cref="SharedLock"/> and <see cref="SharedRLock"/>: acquiring and releasing, the owner, and recovery after a holder died.</summary>
public abstract partial class SharedLockBase : SharedObject
{
    private const int SpinsBeforeAsking = 64;

    private readonly ClusterHolds _holds;
    private CellAccess<LockCell> _cell;
    private long _farFence;
    private Action? _release;

    private protected SharedLockBase(ObjectHandle handle)
        : base(handle)
    {
        _cell = new(handle);
        _holds = new(handle);
    }

    /// <summary>
    /// Whether a process died while it held the lock, and <see cref="MarkConsistent"/> was not called since. The data that the lock protects may be half
    /// changed: check and repair it, then call <see cref="MarkConsistent"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool Abandoned => Cell.IsAbandoned;

    /// <summary>Whether the lock is held at this moment.</summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool Locked => Cell.IsHeld;

    /// <summary>
    /// The process and thread that hold the lock at this moment; null when it is free. After an asynchronous acquire, the thread is the one that started the
    /// acquire. May send a message to the lock's node to find the process id. Use it for diagnostics, not for decisions: it may change at any time.
    /// </summary>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public ObjectParty? Owner => Cell.TryReadHolder(out int process, out int thread) ? new ObjectParty(Handle.PidOf(process), thread) : null;

    /// <summary>
    /// A fencing token: a number that grows each time the lock is acquired. Send it along with writes to other systems, so that they can reject a late writer
    /// that has lost the lock.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public long Fence => Cell.Fence;

    /// <summary>
    /// A token that fires when the lock may be lost although this process lives: its node was cut off, or cannot reach the storage of the cluster. It fires
    /// before anybody else is given the lock, unless this process, or its machine, was stopped meanwhile: then when it goes on. So send <see cref="Fence"/>
    /// along with writes to other systems all the same. Reading it anew asks the lock. Never fires for a lock outside of a cluster.
    /// </summary>
    /// <example>
    /// <code>
    /// using (gate.Hold())
    /// {
    ///     await Work(gate.Lost);
    /// }
    /// </code>
    /// </example>
    /// <exception cref="InvalidOperationException">This process does not hold the lock.</exception>
    /// <exception cref="HoldLostException">This process had acquired the lock, and has lost it.</exception>
    /// <exception cref="ConnectionLostException">This process, or its node, is no longer in the cluster.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public CancellationToken Lost => _holds.Watch(() => IsHeldHere, Identity, () => Cell.HolderProcess == Process);

    /// <summary>Whether the caller holds the lock: for a plain lock, any thread of the holder's process.</summary>
    internal abstract bool IsHeldHere { get; }

    /// <summary>For conditions, when the lock is not held here: says so if it was lost.</summary>
    /// <exception cref="HoldLostException">It was.</exception>
    internal void ThrowIfLost()
    {
        if (_holds.IsAny && Cell.HolderProcess != Process)
        {
            throw ClusterHolds.Lost(Identity, null);
        }
    }

    /// <summary>Whether this thread acquired the lock, recursive or not.</summary>
    internal bool IsHeldByThisThread => Cell.IsHeldBy(Process, Thread);

    private protected static int Thread => Environment.CurrentManagedThreadId;

    /// <summary>The cell for reading: in place, or a copy.</summary>
    private protected LockCell Cell => _cell.Read();

    private protected int Process => _cell.Process;

    /// <summary>Whether the cell is mapped already: then only contention involves the node.</summary>
    private protected bool IsMapped => _cell.IsMapped;

    /// <summary>
    /// Returns the lock's identity and, if that is known without sending a message, its holder: in the lock's node, and in processes that have used it.
    /// </summary>
    /// <returns>For example "SharedLock (object 7 of this process), held by process 4711, thread 4".</returns>
    public override string ToString() =>
        Handle.IsDisposed ? $"{Identity}, disposed" : _cell.IsReached && !Handle.IsRelayed ? $"{Identity}, {Holder(Cell)}" : Identity;

    /// <summary>Returns the cell in place; false on another machine, where every change is a command to the node.</summary>
    private protected bool TryMap(out LockCell cell) => _cell.TryMap(out cell);

    private protected override void Touch() => _cell.Touch();

    /// <summary>Acquires the lock, waiting up to <paramref name="timeout"/> until it is free.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it was not free within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public abstract bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default);

    /// <summary>Releases the lock, or one level of it if it is recursive.</summary>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="HoldLostException">The lock is one of a cluster, and was lost before: see <see cref="Lost"/>.</exception>
    /// <exception cref="SynchronizationLockException">The lock is recursive, and another thread or process holds it.</exception>
    /// <exception cref="ConnectionLostException">
    /// There are waiters, and the process that hosts the lock has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public abstract void Release();

    /// <summary>Acquires the lock and releases it when the result is disposed: Python's <c>with lock:</c>. Waits until it is free.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the lock. Dispose the hold of a recursive lock on the same thread.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public LockHold Hold(CancellationToken cancellation = default)
    {
        Acquire(null, cancellation);
        return Held();
    }

    /// <summary>Clears <see cref="Abandoned"/> after the protected data was repaired. Call it while holding the lock.</summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public void MarkConsistent()
    {
        if (TryMap(out var cell))
        {
            cell.ClearAbandoned();
        }
        else
        {
            Ask(LockCommand.MarkConsistent.Instance, CancellationToken.None);
        }
    }

    /// <summary>For conditions: releases the lock entirely, whatever its depth.</summary>
    /// <returns>The depth, for <see cref="Retake"/>.</returns>
    internal int ReleaseWholly()
    {
        if (!TryMap(out var cell))
        {
            _holds.Clear();
            return (int)Ask(LockCommand.LeaveWholly.Instance, CancellationToken.None).Number;
        }

        int depth = cell.Depth;
        if (cell.TryRelease() == ReleaseOutcome.NeedsNode)
        {
            HandOver();
        }

        return depth;
    }

    /// <summary>For conditions: acquires the lock again, to the depth that it had.</summary>
    internal void Retake(int depth)
    {
        if (!TryMap(out var cell))
        {
            AcquireFar(new LockCommand.Acquire(Thread, null), CancellationToken.None);
            if (depth > 1)
            {
                Ask(new LockCommand.Deepen(depth - 1), CancellationToken.None);
                _holds.Add(depth - 1);
            }

            return;
        }

        if (!cell.TryAcquire(Process, Thread))
        {
            AcquireContended(cell, null, CancellationToken.None);
        }

        cell.AddDepth(depth - 1);
    }

    private protected override void Dispose(bool disposing)
    {
        _holds.End();
        base.Dispose(disposing);
    }

    private protected LockHold Held() => new(_release ??= Release, TryMap(out var cell) ? cell.Fence : Volatile.Read(ref _farFence));

    private protected bool AcquireFar(LockCommand command, CancellationToken cancellation) => Acquired(Ask(command, cancellation));

    private protected async ValueTask<bool> AcquireFarAsync(LockCommand command, CancellationToken cancellation) =>
        Acquired(await AskAsync(command, cancellation).ConfigureAwait(false));

    /// <summary>
    /// Releases a lock that is not mapped. In a cluster, what this facade has acquired is released and nothing else: somebody may have been given it since.
    /// </summary>
    private protected ReleaseOutcome ReleaseFar(bool isRecursive)
    {
        int thread = Thread;
        bool isOurs = false;
        var reply = _holds.Release(
            wasHeld => (isOurs = wasHeld) && !isRecursive
                ? new LockCommand.LeaveHold(Volatile.Read(ref _farFence))
                : new LockCommand.Leave(thread, isRecursive),
            IsLost,
            Identity);
        var outcome = (ReleaseOutcome)Check(reply, CancellationToken.None).Number;
        if (isOurs && outcome == ReleaseOutcome.NotOwner)
        {
            // Another thread of this process still has it.
            _holds.Add();
        }

        return outcome;
    }

    private bool IsLost(Reply reply) => reply.Status == ReplyStatus.Ok && (ReleaseOutcome)reply.Number switch
    {
        ReleaseOutcome.NotHeld => true,
        ReleaseOutcome.NotOwner => Cell.HolderProcess != Process,
        _ => false,
    };

    private bool Acquired(in Reply reply)
    {
        if (reply.Status != ReplyStatus.Ok)
        {
            return false;
        }

        Volatile.Write(ref _farFence, reply.Number);
        _holds.Add();
        return true;
    }

    private string Holder(LockCell cell)
    {
        if (!cell.TryReadHolder(out int process, out int thread))
        {
            return cell.IsHeld ? "being handed to the next waiter" : cell.IsAbandoned ? "free, abandoned by a holder that died" : "free";
        }

        if (process == Process)
        {
            return thread == Thread ? $"held by this thread, {cell.Depth} deep" : $"held by thread {thread} of this process";
        }

        return Handle.IsLocal ? $"held by process {Handle.PidOf(process)}, thread {thread}" : "held by another process";
    }

    private protected bool AcquireContended(LockCell cell, WaitTimeout timeout, CancellationToken cancellation)
    {
        // Most holders are done within a microsecond: spinning costs less than a message.
        for (int i = 0; i < SpinsBeforeAsking && timeout.MayWait; i++)
        {
            System.Threading.Thread.SpinWait(4);
            if (cell.TryAcquire(Process, Thread))
            {
                return true;
            }
        }

        return timeout.MayWait && Ask(new LockCommand.Acquire(Thread, timeout), cancellation).Status == ReplyStatus.Ok;
    }

    private protected async ValueTask<bool> AcquireContendedAsync(int owner, WaitTimeout timeout, CancellationToken cancellation) =>
        timeout.MayWait
        && (await AskAsync(new LockCommand.Acquire(owner, timeout), cancellation).ConfigureAwait(false)).Status == ReplyStatus.Ok;

    private protected void HandOver() => Handle.Tell(LockCommand.HandOver.Instance);
}

/// <summary>
/// Releases a lock, or gives back a semaphore's permit, when it is disposed: <c>using var _ = gate.Hold();</c> is Python's <c>with gate:</c>.
/// </summary>
public readonly struct LockHold : IDisposable, IAsyncDisposable, IEquatable<LockHold>
{
    private readonly Action? _release;

    internal LockHold(Action release, long fence)
    {
        _release = release;
        Fence = fence;
    }

    /// <summary>The fencing token of this acquisition, see <see cref="SharedLockBase.Fence"/>; 0 for a semaphore.</summary>
    public long Fence { get; }

    /// <summary>Compares two holds.</summary>
    /// <param name="left">The first hold.</param>
    /// <param name="right">The second hold.</param>
    /// <returns>True when both are the same acquisition.</returns>
    public static bool operator ==(LockHold left, LockHold right) => left.Equals(right);

    /// <summary>Compares two holds.</summary>
    /// <param name="left">The first hold.</param>
    /// <param name="right">The second hold.</param>
    /// <returns>True when they are different acquisitions.</returns>
    public static bool operator !=(LockHold left, LockHold right) => !left.Equals(right);

    /// <summary>Releases the lock.</summary>
    /// <exception cref="InvalidOperationException">The lock was already released.</exception>
    public void Dispose() => _release?.Invoke();

    /// <summary>Releases the lock. Completes synchronously.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public bool Equals(LockHold other) => Fence == other.Fence && Equals(_release?.Target, other._release?.Target);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LockHold other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Fence.GetHashCode();
}
