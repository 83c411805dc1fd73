using Multiproc.Objects.Locks;
using Multiproc.Peers;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>What <see cref="SharedLock"/> and <see cref="SharedRLock"/> have in common: the cell, and the way to the node when it is not enough.</summary>
public abstract class SharedLockBase : SharedObject
{
    private const int SpinsBeforeAsking = 64;

    private nint _cell;
    private int _process = -1;
    private long _farFence;
    private Action? _release;

    private protected SharedLockBase(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>
    /// Whether a holder died with the lock, and nobody has said since that what it protects is in order:
    /// look at the data, repair it, then call <see cref="MarkConsistent"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool Abandoned => Cell.IsAbandoned;

    /// <summary>Whether somebody holds the lock at the moment of asking.</summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool Locked => Cell.IsHeld;

    /// <summary>
    /// Who holds the lock at the moment of asking; null when nobody does. A holder that took it by <c>await</c> is named by the thread that began to. Which
    /// process another holder is, is asked of the lock's node: so this is for messages and for a look, not for decisions.
    /// </summary>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public ObjectParty? Owner => Cell.TryReadHolder(out int process, out int thread) ? new ObjectParty(Handle.PidOf(process), thread) : null;

    /// <summary>A number that grows each time the lock is taken. Whoever writes elsewhere under the lock can send it along, so that a late writer is refused.</summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public long Fence => Cell.Fence;

    /// <summary>Whether the caller may say that it holds the lock.</summary>
    internal abstract bool IsHeldHere { get; }

    /// <summary>Whether it was this thread that took the lock, recursive or not.</summary>
    internal bool IsHeldByThisThread => Cell.IsHeldBy(Process, Thread);

    private protected static int Thread => Environment.CurrentManagedThreadId;

    private protected unsafe LockCell Cell
    {
        get
        {
            Handle.ThrowIfDisposed();
            if (_cell == 0)
            {
                _process = Handle.OurNumber;
                if (IsFar)
                {
                    return new LockCell(Handle.CopyOfCell(LockCell.Bytes));
                }

                _cell = (nint)Handle.Memory;
            }

            return new LockCell((byte*)_cell);
        }
    }

    private protected int Process => _process;

    /// <summary>Names the lock and tells who holds it, if that can be seen without a message: in its node, and where it was used.</summary>
    /// <returns>For example "SharedLock (object 7 of this process), held by process 4711, thread 4".</returns>
    public override string ToString() =>
        Handle.IsDisposed ? $"{Identity}, disposed" : _cell != 0 || Handle.IsLocal ? $"{Identity}, {Holder(Cell)}" : Identity;

    /// <summary>On another machine: what is read of the cell is a copy, and every change is a message.</summary>
    private protected bool IsFar => _cell == 0 && Handle.IsFar;

    /// <summary>Whether the cell is mapped: then nothing but contention needs the node.</summary>
    private protected bool IsMapped => _cell != 0;

    private protected override void Touch()
    {
        if (!IsFar)
        {
            _ = Cell;
        }
    }

    /// <summary>Takes the lock; waits until it is free.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when it was not free in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, here or in its node.</exception>
    public abstract bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default);

    /// <summary>Gives the lock back.</summary>
    /// <exception cref="InvalidOperationException">Nobody holds it.</exception>
    /// <exception cref="SynchronizationLockException">It is recursive, and another thread or process holds it.</exception>
    /// <exception cref="ConnectionLostException">Somebody waits for it, and the process that it lives in is gone.</exception>
    public abstract void Release();

    /// <summary>Takes the lock until the result is disposed.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>What releases it; of a recursive lock, on the same thread.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    public LockHold Hold(CancellationToken cancellation = default)
    {
        Acquire(null, cancellation);
        return Held();
    }

    /// <summary>Says that what the lock protects is in order again after a holder died. Call it while holding the lock.</summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public void MarkConsistent()
    {
        if (IsFar)
        {
            Ask(LockCommand.MarkConsistent.Instance, CancellationToken.None);
        }
        else
        {
            Cell.ClearAbandoned();
        }
    }

    /// <summary>For conditions: gives the lock back from any depth.</summary>
    /// <returns>The depth, for <see cref="Retake"/>.</returns>
    internal int ReleaseWholly()
    {
        if (IsFar)
        {
            return (int)Ask(LockCommand.LeaveWholly.Instance, CancellationToken.None).Number;
        }

        var cell = Cell;
        int depth = cell.Depth;
        if (cell.TryRelease() == ReleaseOutcome.NeedsNode)
        {
            HandOver();
        }

        return depth;
    }

    /// <summary>For conditions: takes the lock again, to the depth that it had.</summary>
    internal void Retake(int depth)
    {
        if (IsFar)
        {
            AcquireFar(new LockCommand.Acquire(Thread, null), CancellationToken.None);
            if (depth > 1)
            {
                Ask(new LockCommand.Deepen(depth - 1), CancellationToken.None);
            }

            return;
        }

        var cell = Cell;
        if (!cell.TryAcquire(Process, Thread))
        {
            AcquireContended(cell, null, CancellationToken.None);
        }

        cell.AddDepth(depth - 1);
    }

    private protected LockHold Held() => new(_release ??= Release, IsFar ? Volatile.Read(ref _farFence) : Cell.Fence);

    private protected bool AcquireFar(LockCommand command, CancellationToken cancellation) => Acquired(Ask(command, cancellation));

    private protected async ValueTask<bool> AcquireFarAsync(LockCommand command, CancellationToken cancellation) =>
        Acquired(await AskAsync(command, cancellation).ConfigureAwait(false));

    private protected ReleaseOutcome ReleaseFar(bool isRecursive) => (ReleaseOutcome)Ask(new LockCommand.Leave(Thread, isRecursive), CancellationToken.None).Number;

    private bool Acquired(in Reply reply)
    {
        if (reply.Status != ReplyStatus.Ok)
        {
            return false;
        }

        Volatile.Write(ref _farFence, reply.Number);
        return true;
    }

    private string Holder(LockCell cell)
    {
        if (!cell.TryReadHolder(out int process, out int thread))
        {
            return cell.IsHeld ? "on its way to the next" : cell.IsAbandoned ? "free, abandoned by a holder that died" : "free";
        }

        if (process == Process)
        {
            return thread == Thread ? $"held by this thread, {cell.Depth} deep" : $"held by thread {thread} of this process";
        }

        return Handle.IsLocal ? $"held by process {Handle.PidOf(process)}, thread {thread}" : "held by another process";
    }

    private protected bool AcquireContended(LockCell cell, WaitTimeout timeout, CancellationToken cancellation)
    {
        // Most holders are done within a microsecond: a look costs less than a message.
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

/// <summary>Releases a lock when it is disposed: <c>using var _ = gate.Hold();</c> is Python's <c>with gate:</c>.</summary>
public readonly struct LockHold : IDisposable, IAsyncDisposable, IEquatable<LockHold>
{
    private readonly Action? _release;

    internal LockHold(Action release, long fence)
    {
        _release = release;
        Fence = fence;
    }

    /// <summary>The number of this acquisition: see <see cref="SharedLockBase.Fence"/>.</summary>
    public long Fence { get; }

    /// <summary>Compares two holds.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when they are the same acquisition.</returns>
    public static bool operator ==(LockHold left, LockHold right) => left.Equals(right);

    /// <summary>Compares two holds.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when they are not the same acquisition.</returns>
    public static bool operator !=(LockHold left, LockHold right) => !left.Equals(right);

    /// <summary>Releases the lock.</summary>
    /// <exception cref="InvalidOperationException">It was released before.</exception>
    public void Dispose() => _release?.Invoke();

    /// <summary>Releases the lock; never waits.</summary>
    /// <returns>A finished task.</returns>
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
