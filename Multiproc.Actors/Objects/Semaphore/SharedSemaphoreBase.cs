using System.Runtime.CompilerServices;
using Multiproc.Objects;
using Multiproc.Objects.Semaphores;
using Multiproc.Peers;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>Base of <see cref="SharedSemaphore"/> and <see cref="SharedBoundedSemaphore"/>: acquiring and releasing permits.</summary>
public abstract partial class SharedSemaphoreBase : SharedObject
{
    private readonly ClusterHolds _holds;
    private CellAccess<SemaphoreCell> _cell;
    private int _slot;
    private Action? _release;

    private protected SharedSemaphoreBase(ObjectHandle handle, int maximum)
        : base(handle)
    {
        Maximum = maximum;
        _cell = new(handle);
        _holds = new(handle);
    }

    /// <summary>The number of free permits at this moment: Python's <c>get_value</c>.</summary>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public int Value => Cell.Count;

    /// <summary>
    /// A token that fires when permits of this process may be lost although the process lives: see <see cref="SharedLockBase.Lost"/>. Never fires for a
    /// semaphore outside of a cluster.
    /// </summary>
    /// <exception cref="InvalidOperationException">This process holds no permit.</exception>
    /// <exception cref="HoldLostException">This process had acquired permits, and has lost them.</exception>
    /// <exception cref="ConnectionLostException">This process, or its node, is no longer in the cluster.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public CancellationToken Lost => _holds.Watch(() => Ask(SemaphoreCommand.CountHolds.Instance, CancellationToken.None).Number > 0, Identity);

    private protected int Maximum { get; }

    /// <summary>The cell for reading: in place, or a copy.</summary>
    private SemaphoreCell Cell => TryMap(out var cell) ? cell : _cell.Read();

    private protected override void Touch() => TryMap(out _);

    /// <summary>Acquires a permit, waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when a permit was acquired; false when none became free within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the semaphore has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, in this process or in its node.</exception>
    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return (_cell.IsMapped && TryFast()) || AcquireSlowly(timeout, cancellation);
    }

    /// <summary>Acquires a permit, asynchronously waiting up to <paramref name="timeout"/> for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when a permit was acquired; false when none became free within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the semaphore has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, in this process or in its node.</exception>
    public async ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        if (!_cell.IsReached)
        {
            (bool reached, limit) = await ReachAsync(limit, cancellation).ConfigureAwait(false);
            if (!reached)
            {
                return false;
            }
        }

        return TryFast()
            || (MayWait(limit) && Acquired(await AskAsync(new SemaphoreCommand.Acquire(limit), cancellation).ConfigureAwait(false)));
    }

    /// <summary>Acquires a permit if one is free; never waits for another caller to release one.</summary>
    /// <returns>True when a permit was acquired; false when none is free.</returns>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public bool TryAcquire() => Acquire(TimeSpan.Zero);

    /// <summary>
    /// Releases permits. Any caller may do so, whether it acquired them or not; the value of an unbounded semaphore may exceed its initial value.
    /// </summary>
    /// <param name="count">The number of permits, at least 1; default 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The semaphore is bounded, and its value would exceed its initial value.</exception>
    /// <exception cref="HoldLostException">The semaphore is one of a cluster, and the permit was lost before: see <see cref="Lost"/>.</exception>
    /// <exception cref="ConnectionLostException">
    /// There are waiters, and the process that hosts the semaphore has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, in this process or in its node.</exception>
    public void Release(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (count > 1 && count > Maximum - Value)
        {
            throw TooMany(count);
        }

        bool hasSlot = TryUseSlot(out var cell);
        for (; count > 0; count--)
        {
            switch (hasSlot ? cell.Give(_slot, Maximum) : GiveByCommand())
            {
                case PermitOutcome.NeedsNode:
                    FaultPoint.Reached("give: counted");
                    Handle.Tell(SemaphoreCommand.Grant.Instance);
                    break;
                case PermitOutcome.TooMany:
                    throw TooMany(count);
            }
        }
    }

    /// <summary>Acquires a permit and releases it when the result is disposed: Python's <c>with semaphore:</c>. Waits until one is free.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the permit.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the semaphore has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, in this process or in its node.</exception>
    public LockHold Hold(CancellationToken cancellation = default)
    {
        Acquire(null, cancellation);
        return new LockHold(_release ??= ReleaseOne, 0);
    }

    /// <summary>Asynchronously acquires a permit and releases it when the result is disposed.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the permit.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the semaphore has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, in this process or in its node.</exception>
    public async ValueTask<LockHold> HoldAsync(CancellationToken cancellation = default)
    {
        await AcquireAsync(null, cancellation).ConfigureAwait(false);
        return new LockHold(_release ??= ReleaseOne, 0);
    }

    private void ReleaseOne() => Release();

    private InvalidOperationException TooMany(int count) =>
        new($"{this} was released too many times: it has {Cell.Count} of at most {Maximum} permits, and {count} more were released. "
            + "Each Release needs an Acquire before it.");

    // A method of its own: see SharedLock.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool AcquireSlowly(TimeSpan? timeout, CancellationToken cancellation)
    {
        WaitTimeout limit = timeout;
        bool isHeld = (_cell.IsReached || TryReach(ref limit, cancellation))
            && (TryFast() || (MayWait(limit) && Acquired(Ask(new SemaphoreCommand.Acquire(limit), cancellation))));
        FaultPoint.Reached("take: held");
        return isHeld;
    }

    private bool TryFast() => TryUseSlot(out var cell) && cell.TryTake(_slot);

    /// <summary>Whether the node may be asked. Without a slot, even an attempt that does not wait must ask it.</summary>
    private bool MayWait(WaitTimeout timeout) => timeout.MayWait || !TryUseSlot(out _);

    private PermitOutcome GiveByCommand()
    {
        var reply = _holds.Release(
            static wasHeld => wasHeld ? SemaphoreCommand.ReleaseHeld.Instance : SemaphoreCommand.Release.Instance,
            static reply => reply.Status == ReplyStatus.Refused,
            Identity);
        Check(reply, default);
        return PermitOutcome.Done;
    }

    private bool Acquired(in Reply reply)
    {
        if (reply.Status != ReplyStatus.Ok)
        {
            return false;
        }

        _holds.Add();
        return true;
    }

    private protected override void Dispose(bool disposing)
    {
        _holds.End();
        base.Dispose(disposing);
    }

    /// <summary>Returns the cell in place, if this process has a slot in it; false when every change is a command to the node.</summary>
    private bool TryUseSlot(out SemaphoreCell cell) => TryMap(out cell) && _slot >= 0;

    private bool TryMap(out SemaphoreCell cell)
    {
        if (!_cell.IsMapped && !Handle.IsFar)
        {
            Handle.ThrowIfDisposed();
            _slot = Handle.IsLocal ? SemaphoreCell.NodeSlot : (int)Ask(SemaphoreCommand.Join.Instance, default).Number;
        }

        return _cell.TryMap(out cell);
    }
}
